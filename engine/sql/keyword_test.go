package sql

import (
	goast "go/ast"
	goparser "go/parser"
	gotoken "go/token"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The table of keywords is in order, so that a word is found and not there twice.
func TestKeywordsAreInOrder(t *testing.T) {
	if !slices.IsSortedFunc(keywords, func(a, b keyword) int { return strings.Compare(a.word, b.word) }) {
		t.Error("the keywords are not in the order of the alphabet")
	}
	if len(keywordOf) != len(keywords) {
		t.Error("a keyword is there twice")
	}
}

// The parser asks for words of the table only, since others are never found, and
// the table has no word that nobody asks for.
func TestKeywordsAreThoseAskedFor(t *testing.T) {
	asked := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	look := func(n goast.Node) bool {
		if call, ok := n.(*goast.CallExpr); ok {
			if f, ok := call.Fun.(*goast.SelectorExpr); ok && slices.Contains([]string{"at", "atAny", "accept", "expect"}, f.Sel.Name) {
				for _, arg := range call.Args {
					if l, ok := arg.(*goast.BasicLit); ok {
						word, _ := strconv.Unquote(l.Value)
						if isWordRune(rune(word[0])) && keywordOf[word] == nil {
							t.Errorf("the parser asks for %s, which is no keyword", word)
						}
					}
				}
			}
		}
		if l, ok := n.(*goast.BasicLit); ok && l.Kind == gotoken.STRING {
			word, _ := strconv.Unquote(l.Value)
			asked[word] = true
		}
		return true
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "keyword.go" {
			continue
		}
		file, err := goparser.ParseFile(gotoken.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		goast.Inspect(file, look)
	}
	for _, k := range keywords {
		if !asked[k.word] {
			t.Errorf("nobody asks for the keyword %s", k.word)
		}
	}
}

// A word that would change the meaning of what is before it is no alias, and every
// other word is a column and an alias of columns and tables.
func TestNames(t *testing.T) {
	for _, k := range keywords {
		for _, c := range []struct {
			text string
			ok   bool
		}{
			{"select t." + k.word + " from t", true},
			{"select `" + k.word + "` from `" + k.word + "`", true},
			{"select a as " + k.word + " from t", k.use&noName == 0},
			{"select a " + k.word + " from t", k.use&endsItem == 0},
			{"select a from t " + k.word, k.use&endsTable == 0},
			{"select " + k.word + " from t", k.use&noName == 0 || k.word == "NULL" || k.word == "TRUE" || k.word == "FALSE"},
		} {
			if _, err := Parse(c.text); (err == nil) != c.ok {
				t.Errorf("%s: %v", c.text, err)
			}
		}
	}
}
