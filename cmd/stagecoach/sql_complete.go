package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"stagecoach/engine"
	"stagecoach/engine/expr"
)

// keywords are what statements are made of, for completion.
var keywords = strings.Fields(`ALL AND ANTI AS ASC BETWEEN BY CACHE CASE CAST CLEAR COLUMNS CREATE CROSS CUBE DESC
	DESCRIBE DISTINCT DROP ELSE END EXCEPT EXISTS EXPLAIN FILTER FORMATTED FROM FULL FUNCTIONS GROUP GROUPING HAVING
	IN INNER INTERSECT INTERVAL IS JOIN LATERAL LEFT LIKE LIMIT NOT NULL NULLS OFFSET ON OPTIONS OR ORDER OUTER OVER
	PARTITION RANGE REPLACE RIGHT ROLLUP ROWS SELECT SEMI SET SETS SHOW TABLE TABLES TEMPORARY THEN UNCACHE UNION USING
	VALUES VIEW WHEN WHERE WINDOW WITH`)

// A completer finishes the word before the cursor when the tab key is pressed.
type completer struct {
	session *engine.Session
	out     io.Writer // gets the candidates where there are several
}

// key is called for every key; it answers tab.
func (c *completer) key(line string, pos int, key rune) (newLine string, newPos int, ok bool) {
	if key != '\t' {
		return "", 0, false
	}
	start := pos
	for start > 0 && isWord(line[start-1]) {
		start--
	}
	word := line[start:pos]
	found := c.candidates(word)
	if len(found) == 0 {
		return line, pos, true
	}
	common := found[0]
	for _, f := range found[1:] {
		for !strings.HasPrefix(strings.ToLower(f), strings.ToLower(common)) {
			common = common[:len(common)-1]
		}
	}
	if len(found) == 1 {
		common += " "
	} else if len(common) == len(word) {
		fmt.Fprintln(c.out, strings.Join(found[:min(len(found), 40)], "  "))
		common = word
	}
	return line[:start] + common + line[pos:], start + len(common), true
}

func isWord(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= 0x80
}

// candidates are the tables, columns, functions and keywords that begin with
// word, in order, without repetition. A keyword takes the case of the word.
func (c *completer) candidates(word string) []string {
	var found []string
	add := func(name string) {
		if len(name) >= len(word) && strings.EqualFold(name[:len(word)], word) && !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	for _, view := range c.session.Views() {
		add(view)
		if f, err := c.session.View(view); err == nil {
			for _, column := range f.Schema() {
				add(column.Name)
			}
		}
	}
	if word == "" {
		return found
	}
	for _, rows := range expr.Functions {
		for names := range rows {
			for name := range strings.FieldsSeq(names) {
				if isWord(name[0]) {
					add(name)
				}
			}
		}
	}
	for _, k := range keywords {
		if word == strings.ToLower(word) {
			k = strings.ToLower(k)
		}
		add(k)
	}
	slices.Sort(found)
	return found
}
