"""Runs a program at a pseudo-terminal and plays somebody who types.

    terminal.py '{"argv": [...], "steps": [["what it asks", "what is typed"], ...]}'

Prints {"screen": all that the terminal showed, "code": exit code} as JSON. What is asked is waited for, from where the
last answer left off; a program that ends or hangs up before it has asked leaves the rest untyped.
"""

import json
import os
import pty
import sys

request = json.loads(sys.argv[1])
argv = request["argv"]
steps = list(request["steps"])

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(argv[0], argv)

screen = b""
seen = 0
while True:
    try:
        read = os.read(terminal, 65536)
    except OSError:  # Linux says so when the other side has closed.
        read = b""
    if not read:
        break
    screen += read
    while steps and (at := screen.find(steps[0][0].encode(), seen)) >= 0:
        asked, typed = steps.pop(0)
        seen = at + len(asked.encode())
        os.write(terminal, typed.encode() + b"\r")

_, status = os.waitpid(pid, 0)
print(json.dumps({"screen": screen.decode(), "code": os.waitstatus_to_exitcode(status)}))
