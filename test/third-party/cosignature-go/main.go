// Opens a cosigned checkpoint with software that Custody's authors did not write: the log's signature with Go's own
// note package, the witness's with torchwood, and the whole of it against a tlog-policy file.
package main

import (
	"fmt"
	"io"
	"log"
	"os"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
)

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: cosignature WITNESS_VKEY POLICY_FILE < checkpoint")
	}
	text, err := io.ReadAll(os.Stdin)
	check(err)
	witness, err := torchwood.NewCosignatureVerifier(os.Args[1])
	check(err)
	opened, err := note.Open(text, note.VerifierList(witness))
	check(err)
	for _, sig := range opened.Sigs {
		at, err := torchwood.CosignatureTimestamp(sig)
		check(err)
		fmt.Printf("cosigned by %s at %d\n", sig.Name, at)
	}
	file, err := os.ReadFile(os.Args[2])
	check(err)
	policy, err := torchwood.ParsePolicy(file)
	check(err)
	checkpoint, _, err := torchwood.VerifyCheckpoint(text, policy)
	check(err)
	fmt.Printf("policy holds for %s at %d\n", checkpoint.Origin, checkpoint.N)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
