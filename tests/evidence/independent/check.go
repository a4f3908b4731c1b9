// Checks notes and proofs with golang.org/x/mod/sumdb, the reference implementation of both.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type claim struct {
	Kind        string // note, inclusion or consistency
	Note, Key   string
	Size, Other int64 // the tree, and the leaf's index or the earlier tree's size
	Root, Hash  tlog.Hash
	Proof       []tlog.Hash
}

func (c claim) check() error {
	switch c.Kind {
	case "note":
		verifier, err := note.NewVerifier(c.Key)
		if err != nil {
			return err
		}
		opened, err := note.Open([]byte(c.Note), note.VerifierList(verifier))
		if err != nil {
			return err
		}
		_, err = tlog.ParseTree([]byte("go.sum database tree\n" + opened.Text[len(verifier.Name())+1:]))
		return err
	case "inclusion":
		return tlog.CheckRecord(c.Proof, c.Size, c.Root, c.Other, c.Hash)
	default:
		return tlog.CheckTree(c.Proof, c.Size, c.Root, c.Other, c.Hash)
	}
}

func main() {
	var claims []claim
	if err := json.NewDecoder(os.Stdin).Decode(&claims); err != nil {
		panic(err)
	}
	for _, each := range claims {
		fmt.Println(each.check() == nil)
	}
}
