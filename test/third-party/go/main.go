// Checks a .tlog-proof file, the entry it is of, and a consistency proof with Go's own packages for
// signed notes and transparency logs. Usage: VKEY PROOF ENTRY CONSISTENCY
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func hash(text string) (h tlog.Hash) {
	b, err := base64.StdEncoding.DecodeString(text)
	check(err)
	copy(h[:], b)
	return h
}

func main() {
	verifier, err := note.NewVerifier(os.Args[1])
	check(err)
	file, err := os.ReadFile(os.Args[2])
	check(err)
	entry, err := os.ReadFile(os.Args[3])
	check(err)
	head, checkpoint, _ := bytes.Cut(file, []byte("\n\n"))
	opened, err := note.Open(checkpoint, note.VerifierList(verifier))
	check(err)
	body := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(body[1], 10, 64)
	check(err)
	root := hash(body[2])
	var index int64
	proof := tlog.RecordProof{}
	for _, line := range strings.Split(string(head), "\n")[1:] {
		if n, ok := strings.CutPrefix(line, "index "); ok {
			index, err = strconv.ParseInt(n, 10, 64)
			check(err)
		} else if !strings.HasPrefix(line, "extra ") {
			proof = append(proof, hash(line))
		}
	}
	check(tlog.CheckRecord(proof, size, root, index, tlog.RecordHash(entry)))

	var consistency struct {
		First, Second           int64
		First_root, Second_root string
		Hashes                  []string
	}
	text, err := os.ReadFile(os.Args[4])
	check(err)
	check(json.Unmarshal(text, &consistency))
	tree := tlog.TreeProof{}
	for _, each := range consistency.Hashes {
		tree = append(tree, hash(each))
	}
	second, first := hash(consistency.Second_root), hash(consistency.First_root)
	check(tlog.CheckTree(tree, consistency.Second, second, consistency.First, first))
	fmt.Printf("event %d of %d is in the log\n", index, size)
}
