package sql

import "strings"

// create reads what follows CREATE.
func (p *parser) create(pos Pos) Statement {
	replace := p.accept("OR", "REPLACE")
	at := p.pos()
	switch {
	case p.at("GLOBAL"):
		p.unsupported(at, "a GLOBAL view")
	case p.accept("TEMPORARY"), p.accept("TEMP"):
		if p.accept("VIEW") {
			return p.createView(replace)
		}
		p.unexpected("VIEW")
	case p.at("VIEW"):
		p.fail(at, "a view that outlives the session is not supported; write CREATE TEMPORARY VIEW")
	case p.at("EXTERNAL"), p.at("TABLE"):
		p.accept("EXTERNAL")
		p.expect("TABLE")
		return p.createTable(replace)
	case p.atName() && !p.ended():
		if hint := suggest(p.token().text, []string{"TABLE", "TEMPORARY", "VIEW"}); hint == "" {
			p.unsupported(pos, "CREATE "+strings.ToUpper(p.token().text))
		}
	}
	p.unexpected("TABLE", "TEMPORARY VIEW")
	return &TableStatement{}
}

// ifNotExists reads IF NOT EXISTS.
func (p *parser) ifNotExists() bool { return p.accept("IF", "NOT", "EXISTS") }

// createView reads what follows CREATE TEMPORARY VIEW. In parentheses are names,
// or columns with types when the view is of files.
func (p *parser) createView(replace bool) Statement {
	s := &ViewStatement{Replace: replace, IfNotExists: p.ifNotExists(), Name: p.path()}
	typed := p.at("(") && (p.ahead(2).kind == wordToken && p.ahead(2).key != "COMMENT")
	switch {
	case typed:
		s.Schema = inParens(p, p.columnDef)
	case p.at("("):
		s.Columns = inParens(p, func() Ident {
			name := p.name()
			p.comment()
			return name
		})
	}
	if !typed {
		p.comment()
		if p.accept("TBLPROPERTIES") {
			s.Options = inParens(p, p.option)
		}
		if p.accept("AS") {
			s.Query = p.query()
			return s
		}
	}
	if !p.accept("USING") {
		if typed {
			p.unexpected("USING")
		}
		p.unexpected("AS", "USING")
	}
	s.Using = p.provider()
	if p.accept("OPTIONS") {
		s.Options = append(s.Options, inParens(p, p.option)...)
	}
	return s
}

// provider reads the name of a format.
func (p *parser) provider() string {
	return strings.ToLower(p.path().dotted())
}

// columnDef reads name type [NOT NULL] [COMMENT 'text'].
func (p *parser) columnDef() ColumnDef {
	c := ColumnDef{Name: p.name(), Type: p.typeName(), NotNull: p.accept("NOT", "NULL")}
	p.comment()
	return c
}

// createTable reads what follows CREATE TABLE.
func (p *parser) createTable(replace bool) Statement {
	s := &TableStatement{Replace: replace, IfNotExists: p.ifNotExists(), Name: p.path()}
	if p.at("LIKE") {
		p.unsupported(p.pos(), "CREATE TABLE LIKE")
	}
	if p.at("(") && !p.atQueryAhead(1) {
		s.Columns = inParens(p, p.columnDef)
	}
	if p.accept("USING") {
		s.Using = p.provider()
	}
	for {
		switch pos := p.pos(); {
		case p.accept("OPTIONS"), p.accept("TBLPROPERTIES"):
			s.Options = append(s.Options, inParens(p, p.option)...)
			continue
		case p.accept("PARTITIONED", "BY"):
			s.PartitionBy = append(s.PartitionBy, inParens(p, func() Ident { return p.partitionColumn(s) })...)
			continue
		case p.accept("LOCATION"):
			s.Location = p.stringValue()
			continue
		case p.at("COMMENT"):
			p.comment()
			continue
		case p.at("STORED"):
			p.fail(pos, "STORED AS is not supported; name the format with USING")
		case p.atAny("CLUSTERED", "CLUSTER", "SKEWED", "ROW"):
			p.unsupported(pos, p.token().key+" of a table")
		}
		break
	}
	switch {
	case p.accept("AS"), p.atQuery(), p.at("("):
		s.Query = p.query()
	default:
		p.mayFollow([]string{"USING", "OPTIONS", "PARTITIONED BY", "LOCATION", "AS"})
	}
	return s
}

// partitionColumn reads a column that splits a table's files, which may bring its
// type along.
func (p *parser) partitionColumn(s *TableStatement) Ident {
	if p.ahead(1).key == "(" {
		p.unsupported(p.pos(), "PARTITIONED BY a function")
	}
	if p.ahead(1).kind != wordToken {
		return p.name()
	}
	c := p.columnDef()
	s.Columns = append(s.Columns, c)
	return c.Name
}

// option reads key value or key = value.
func (p *parser) option() Option {
	o := Option{Pos: p.pos()}
	if p.token().kind == stringToken {
		o.Key = p.next().text
	} else {
		o.Key = p.path().dotted()
	}
	given := p.accept("=")
	switch t := p.token(); {
	case t.kind == stringToken:
		o.Value = p.stringValue()
	case t.kind == numberToken:
		o.Value = p.next().text
	case p.accept("TRUE"), p.accept("FALSE"):
		o.Value = strings.ToLower(t.key)
	case given || t.key != "," && t.key != ")":
		p.unexpected("a value in quotes")
	}
	return o
}

// insert reads INSERT with its query, which gets the tables of a WITH before it.
func (p *parser) insert(with []CTE) Statement {
	s := &InsertStatement{Pos: p.next().pos}
	switch {
	case p.accept("OVERWRITE"):
		s.Overwrite = true
	case !p.accept("INTO"):
		p.unexpected("INTO", "OVERWRITE")
	}
	if local := p.at("LOCAL", "DIRECTORY"); s.Overwrite && (local || p.at("DIRECTORY") && (p.ahead(1).kind == stringToken || p.ahead(1).key == "USING")) {
		p.accept("LOCAL")
		p.next()
		p.directory(s)
	} else {
		p.insertTarget(s)
	}
	s.Query = p.query()
	if with != nil {
		s.Query.With = append(with, s.Query.With...)
	}
	return s
}

// directory reads what follows INSERT OVERWRITE DIRECTORY, up to the query.
func (p *parser) directory(s *InsertStatement) {
	if p.token().kind == stringToken {
		s.Directory = p.stringValue()
	}
	if p.at("STORED") {
		p.fail(p.pos(), "STORED AS is not supported; name the format with USING")
	}
	p.expect("USING")
	s.Using = p.provider()
	if p.accept("OPTIONS") {
		s.Options = inParens(p, p.option)
	}
	for _, o := range s.Options {
		if s.Directory == "" && strings.EqualFold(o.Key, "path") {
			s.Directory = o.Value
		}
	}
	if s.Directory == "" {
		p.fail(s.Pos, "INSERT OVERWRITE DIRECTORY needs the path of one, in quotes")
	}
}

// insertTarget reads the table of an INSERT, up to the query.
func (p *parser) insertTarget(s *InsertStatement) {
	if next := p.ahead(1); next.kind == wordToken || next.kind == quotedToken {
		p.accept("TABLE")
	}
	s.Table = p.path()
	if p.accept("PARTITION") {
		s.Partition = inParens(p, func() PartitionValue {
			v := PartitionValue{Column: p.name()}
			if p.accept("=") {
				v.Value = p.value()
			}
			return v
		})
	}
	switch pos := p.pos(); {
	case p.at("IF", "NOT", "EXISTS"):
		p.unsupported(pos, "INSERT IF NOT EXISTS")
	case p.at("BY", "NAME"):
		p.unsupported(pos, "INSERT BY NAME")
	case p.at("REPLACE", "WHERE"):
		p.unsupported(pos, "INSERT REPLACE WHERE")
	case p.at("(") && !p.atQueryAhead(1) && p.ahead(1).key != "(":
		s.Columns = inParens(p, p.name)
	}
}

// drop reads what follows DROP.
func (p *parser) drop() Statement {
	s := &DropStatement{}
	if pos := p.pos(); p.accept("VIEW") {
		s.View = true
	} else if !p.accept("TABLE") {
		if p.atName() && suggest(p.token().text, []string{"TABLE", "VIEW"}) == "" && !p.ended() {
			p.unsupported(pos, "DROP "+strings.ToUpper(p.token().text))
		}
		p.unexpected("TABLE", "VIEW")
	}
	s.IfExists = p.accept("IF", "EXISTS")
	s.Name = p.path()
	p.accept("PURGE")
	return s
}
