"""MLflow's own client for users, roles and permissions, each of its methods, and what the rights then allow.

    MLFLOW_TRACKING_USERNAME=<an administrator> MLFLOW_TRACKING_PASSWORD=… python auth_service.py http://HOST:PORT

The roles with which people may train and promote are Custody's own, so this script is for a Custody server.
"""

import contextlib
import os

import mlflow
import requests
from common import connect, unique
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.server.auth.client import AuthServiceClient

uri = connect()
auth = AuthServiceClient(uri)
client = MlflowClient()
ADMIN = (os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"])
ANALYST = (os.environ["ANALYST_LOGIN"], os.environ["ANALYST_PASSWORD"])


@contextlib.contextmanager
def signed_in(login, password):
    os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"] = login, password
    try:
        yield
    finally:
        os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"] = ADMIN


@contextlib.contextmanager
def refused(code, *words):
    try:
        yield
    except MlflowException as error:
        assert error.error_code == code, (error.error_code, str(error))
        for word in words:
            assert word in str(error), str(error)
    else:
        raise AssertionError(f"{code} was expected")


def verified(user):
    """Custody's own: MLflow has no call that says how somebody knows who a new user is."""
    at = f"{uri}/api/v1/users"
    [id] = [one["user_id"] for one in requests.get(at, auth=ADMIN).json()["users"] if one["login"] == user.username]
    how = {"how": "passport, seen by the laboratory's manager", "reason": "joined the laboratory"}
    requests.post(f"{at}/{id}/identity-verification", auth=ADMIN, json=how).raise_for_status()


def person(login):
    """Made with a password that somebody else chose, so it is good for one thing: setting one's own."""
    first, own = f"the first password of {login}", f"a password of {login}'s own"
    user = auth.create_user(login, first)
    assert (user.username, user.is_admin, user.password_hash) == (login, False, "REDACTED"), user.to_json()
    with signed_in(login, first):
        with refused("PERMISSION_DENIED", "works once"):
            client.search_experiments()
        auth.update_user_password(login, own, current_password=first)
    with signed_in(login, own), refused("PERMISSION_DENIED", "identity"):
        client.search_experiments()
    assert auth.get_user(login).username == login
    verified(user)
    return user, (login, own)


# Experiments and models to have rights for, with names that would be patterns.
with signed_in(*ANALYST):
    star, other = unique("exp*"), unique("exp-other")
    star_id, other_id = client.create_experiment(star), client.create_experiment(other)
    stars, widened = unique("mod*"), unique("modest")
    for name in (stars, widened):
        client.create_registered_model(name)
    run = client.create_run(star_id).info.run_id
    version = client.create_model_version(stars, f"runs:/{run}/model", run).version

# Users.
login = unique("kim").lower()
kim, KIM = person(login)
assert auth.get_user(login).to_json() == kim.to_json()
assert isinstance(kim.id, int)
with refused("RESOURCE_ALREADY_EXISTS"):
    auth.create_user(login, "another password, long enough")
for bad in ("", "a b", "x" * 200):
    with refused("INVALID_PARAMETER_VALUE", "username"):
        auth.create_user(bad, "another password, long enough")
with refused("INVALID_PARAMETER_VALUE", "at least 12"):
    auth.create_user(unique("short").lower(), "short")
with refused("RESOURCE_DOES_NOT_EXIST"):
    auth.get_user(unique("nobody").lower())
with signed_in(*KIM):
    assert auth.get_user(login).username == login
    with refused("PERMISSION_DENIED"):
        auth.get_user(ADMIN[0])
    with refused("PERMISSION_DENIED"):
        auth.get_user(unique("nobody").lower())
    with refused("PERMISSION_DENIED"):
        auth.update_user_password(ADMIN[0], "another password, long enough")
    with refused("INVALID_PARAMETER_VALUE", "Current password is required"):
        auth.update_user_password(login, "another password, long enough")
    with refused("INVALID_PARAMETER_VALUE", "does not match"):
        auth.update_user_password(login, "another password, long enough", "not the password at all")
    with refused("INVALID_PARAMETER_VALUE"):
        auth.update_user_password(login, KIM[1], KIM[1])
    for call in (
        lambda: auth.create_user(unique("x").lower(), "another password, long enough"),
        lambda: auth.update_user_admin(login, True),
        lambda: auth.delete_user(ADMIN[0]),
        lambda: auth.create_role("default", unique("mine")),
        lambda: auth.list_all_roles(),
        lambda: auth.grant_user_permission(login, "experiment", star_id, "MANAGE"),
    ):
        with refused("PERMISSION_DENIED"):
            call()

# Whoever has no permission sees nothing.
with signed_in(*KIM):
    with refused("PERMISSION_DENIED"):
        client.search_experiments()
    with refused("PERMISSION_DENIED"):
        client.get_experiment(star_id)
assert auth.get_user_permission(login, "experiment", star_id).to_json() == {
    "allowed": False,
    "permission": "NO_PERMISSIONS",
}


def seen():
    with signed_in(*KIM):
        return sorted(each.experiment_id for each in client.search_experiments())


def level(kind, thing):
    return auth.get_user_permission(login, kind, thing).permission


# READ: that one experiment and no other, though its name is a pattern that fits both.
auth.grant_user_permission(login, "experiment", star_id, "READ")
assert level("experiment", star_id) == "READ" and level("experiment", other_id) == "NO_PERMISSIONS"
assert seen() == [star_id]
with signed_in(*KIM):
    assert client.get_experiment(star_id).name == star
    assert client.get_experiment_by_name(star).experiment_id == star_id
    with refused("PERMISSION_DENIED"):
        client.get_experiment(other_id)
    with refused("PERMISSION_DENIED"):
        client.create_run(star_id)
    assert auth.get_user_permission(login, "experiment", star_id).allowed is False
with refused("RESOURCE_ALREADY_EXISTS"):
    auth.grant_user_permission(login, "experiment", star_id, "EDIT")
auth.revoke_user_permission(login, "experiment", star_id)
with refused("RESOURCE_DOES_NOT_EXIST"):
    auth.revoke_user_permission(login, "experiment", star_id)
with signed_in(*KIM), refused("PERMISSION_DENIED"):
    client.get_experiment(star_id)

# EDIT: also to log there; it stays with the experiment when that gets another name, and with nothing else.
auth.grant_user_permission(login, "experiment", star_id, "EDIT")
assert auth.get_user_permission(login, "experiment", star_id).allowed is True
with signed_in(*KIM):
    mine = client.create_run(star_id).info.run_id
    client.log_metric(mine, "f1", 0.9)
    with refused("PERMISSION_DENIED"):
        client.create_run(other_id)
    with refused("PERMISSION_DENIED"):
        client.create_experiment(unique("exp-new"))
with signed_in(*ANALYST):
    client.rename_experiment(star_id, unique("exp-renamed"))
    usurper = client.create_experiment(star)
assert seen() == [star_id]
with signed_in(*KIM), refused("PERMISSION_DENIED"):
    client.get_experiment(usurper)

# USE is to see, MANAGE is to change: neither promotes what one has trained, nor gives rights to others.
auth.grant_user_permission(login, "registered_model", widened, "USE")
assert level("registered_model", widened) == "USE"
with signed_in(*KIM):
    assert [each.name for each in client.search_registered_models()] == [widened]
    with refused("PERMISSION_DENIED"):
        client.set_registered_model_tag(widened, "k", "v")
auth.revoke_user_permission(login, "registered_model", widened)
auth.grant_user_permission(login, "registered_model", stars, "MANAGE")
assert level("registered_model", stars) == "MANAGE"
with signed_in(*KIM):
    assert [each.name for each in client.search_registered_models()] == [stars]
    client.set_registered_model_tag(stars, "k", "v")
    client.transition_model_version_stage(stars, version, "Staging")
    with refused("PERMISSION_DENIED", "model:promote"):
        client.transition_model_version_stage(stars, version, "Production")
    with refused("PERMISSION_DENIED", "model:promote"):
        client.set_registered_model_alias(stars, "champion", version)
    with refused("PERMISSION_DENIED"):
        auth.grant_user_permission(ADMIN[0], "registered_model", stars, "READ")
    with refused("PERMISSION_DENIED"):
        client.get_registered_model(widened)
auth.revoke_user_permission(login, "registered_model", stars)

# What can't be granted is said.
for kind, thing, permission, code in (
    ("experiment", star_id, "DENY", "INVALID_PARAMETER_VALUE"),
    ("experiment", star_id, "NO_PERMISSIONS", "INVALID_PARAMETER_VALUE"),
    ("experiment", star_id, "OWN", "INVALID_PARAMETER_VALUE"),
    ("gateway_endpoint", "e", "USE", "INVALID_PARAMETER_VALUE"),
    ("workspace", "*", "USE", "INVALID_PARAMETER_VALUE"),
    ("nonsense", "e", "READ", "INVALID_PARAMETER_VALUE"),
    ("experiment", "123456789", "READ", "RESOURCE_DOES_NOT_EXIST"),
    ("registered_model", unique("none"), "READ", "RESOURCE_DOES_NOT_EXIST"),
):
    with refused(code):
        auth.grant_user_permission(login, kind, thing, permission)
with refused("RESOURCE_DOES_NOT_EXIST"):
    auth.grant_user_permission(unique("nobody").lower(), "experiment", star_id, "READ")
assert auth.get_user_permission(login, "experiment", "123456789").permission == "NO_PERMISSIONS"

# Roles: one name for permissions that several people have, changed for all of them at once.
team = auth.create_role("default", unique("water-team"), "works on drinking water")
assert (team.workspace, team.permissions) == ("default", [])
with refused("RESOURCE_ALREADY_EXISTS"):
    auth.create_role("default", team.name)
with refused("INVALID_PARAMETER_VALUE"):
    auth.create_role("default", "  ")
with refused("INVALID_PARAMETER_VALUE", "reserved"):
    auth.create_role("default", "__user_1__")
with refused("INVALID_PARAMETER_VALUE", "workspace"):
    auth.create_role("elsewhere", unique("team"))
edit = auth.add_role_permission(team.id, "experiment", other_id, "EDIT")
models = auth.add_role_permission(team.id, "registered_model", "*", "READ")
assert (edit.role_id, edit.resource_pattern, edit.permission) == (team.id, other_id, "EDIT")
with refused("RESOURCE_ALREADY_EXISTS"):
    auth.add_role_permission(team.id, "experiment", other_id, "READ")
with refused("INVALID_PARAMETER_VALUE"):
    auth.add_role_permission(team.id, "run", "*", "READ")
assert [each.to_json() for each in auth.list_role_permissions(team.id)] == [edit.to_json(), models.to_json()]
assert [each.to_json() for each in auth.get_role(team.id).permissions] == [edit.to_json(), models.to_json()]
assert auth.list_user_roles(login) == []
assignment = auth.assign_role(login, team.id)
assert (assignment.user_id, assignment.role_id) == (kim.id, team.id)
with refused("RESOURCE_ALREADY_EXISTS"):
    auth.assign_role(login, team.id)
assert [each.to_json() for each in auth.list_role_users(team.id)] == [assignment.to_json()]
assert level("experiment", other_id) == "EDIT" and level("registered_model", stars) == "READ"
with signed_in(*KIM):
    client.create_run(other_id)
    assert {stars, widened} <= {each.name for each in client.search_registered_models()}
    assert [each.name for each in auth.list_user_roles(login)] == [team.name]
    with refused("PERMISSION_DENIED"):
        auth.list_user_roles(ADMIN[0])
auth.update_role_permission(edit.id, "READ")
with signed_in(*KIM):
    client.get_experiment(other_id)
    with refused("PERMISSION_DENIED"):
        client.create_run(other_id)
auth.remove_role_permission(models.id)
with signed_in(*KIM):
    assert client.search_registered_models() == []
    with refused("PERMISSION_DENIED"):
        client.get_registered_model(stars)
renamed = auth.update_role(team.id, name=unique("drinking-water"))
assert (renamed.id, renamed.description) == (team.id, "works on drinking water")
with refused("INVALID_PARAMETER_VALUE"):
    auth.update_role(team.id)
assert team.id in [each.id for each in auth.list_roles("default")]
assert team.id in [each.id for each in auth.list_all_roles()]
assert auth.list_roles("elsewhere") == []
auth.unassign_role(login, team.id)
with refused("RESOURCE_DOES_NOT_EXIST"):
    auth.unassign_role(login, team.id)
with signed_in(*KIM), refused("PERMISSION_DENIED"):
    client.get_experiment(other_id)
auth.assign_role(login, team.id)
auth.delete_role(team.id)
with signed_in(*KIM), refused("PERMISSION_DENIED"):
    client.get_experiment(other_id)
for call in (
    lambda: auth.get_role(team.id),
    lambda: auth.delete_role(team.id),
    lambda: auth.assign_role(login, team.id),
    lambda: auth.list_role_permissions(team.id),
    lambda: auth.list_role_users(team.id),
    lambda: auth.remove_role_permission(edit.id),
    lambda: auth.update_role_permission(edit.id, "EDIT"),
):
    with refused("RESOURCE_DOES_NOT_EXIST"):
        call()

# Administrators: made, and unmade by somebody else; they manage accounts and nothing more.
auth.update_user_admin(login, True)
assert auth.get_user(login).is_admin
with signed_in(*KIM):
    assert auth.get_user(ADMIN[0]).is_admin
    with refused("PERMISSION_DENIED"):
        client.create_experiment(unique("exp-by-admin"))
    with refused("PERMISSION_DENIED", "own rights"):
        auth.update_user_admin(login, False)
    with refused("BAD_REQUEST"):
        auth.delete_user(login)
auth.update_user_admin(login, False)

# A password that somebody else has set is good for setting another, under the rules for passwords.
with refused("INVALID_PARAMETER_VALUE", "at least 12"):
    auth.update_user_password(login, "short")
with refused("INVALID_PARAMETER_VALUE", "last ones"):
    auth.update_user_password(login, KIM[1])
auth.update_user_password(login, "set by the administrator")
with signed_in(login, "set by the administrator"):
    with refused("PERMISSION_DENIED", "works once"):
        auth.get_user(login)
    auth.update_user_password(login, "chosen by kim alone", "set by the administrator")
with signed_in(login, "chosen by kim alone"):
    assert auth.get_user(login).username == login

# Who leaves is gone, and their login is never given to another.
auth.delete_user(login)
with signed_in(login, "chosen by kim alone"):
    with refused("UNAUTHENTICATED"):
        auth.get_user(login)
for call in (
    lambda: auth.get_user(login),
    lambda: auth.delete_user(login),
    lambda: auth.update_user_admin(login, True),
    lambda: auth.update_user_password(login, "another password, long enough"),
    lambda: auth.grant_user_permission(login, "experiment", star_id, "READ"),
    lambda: auth.list_user_roles(login),
):
    with refused("RESOURCE_DOES_NOT_EXIST"):
        call()
with refused("RESOURCE_ALREADY_EXISTS"):
    auth.create_user(login, "another password, long enough")

public = {name for name in dir(AuthServiceClient) if not name.startswith("_")}
assert len(public) == 22, public
print("done:", len(public), "methods of mlflow", mlflow.__version__)
