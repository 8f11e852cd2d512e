package sparklog

import (
	"bytes"

	"stagecoach/engine/event"
)

// A spelling walks over text that is expected to be exactly as Spark's
// JsonProtocol writes it: known pieces of text with values between them. The
// first piece that differs ends it, and the caller reads the same text with the
// scanner, which takes keys in any order. Three in four lines are spelled as
// expected; they cost a third this way.
type spelling struct {
	b       []byte
	i       int
	differs bool
}

// piece consumes want, which must come next.
func (s *spelling) piece(want string) {
	if rest := s.b[s.i:]; len(rest) >= len(want) && string(rest[:len(want)]) == want {
		s.i += len(want)
		return
	}
	s.differs = true
}

// number consumes a whole number.
func (s *spelling) number() int64 {
	v, end := whole(s.b, s.i)
	if end < 0 {
		s.differs = true
		return 0
	}
	s.i = end
	return v
}

// maxDigits is how many digits fit every int64.
const maxDigits = 18

// whole reads the whole number at b[i:] and returns where it ends: -1 if there is
// none, or one of more digits than are sure to fit.
func whole(b []byte, i int) (v int64, end int) {
	negative := i < len(b) && b[i] == '-'
	if negative {
		i++
	}
	from := i
	for i < len(b) && b[i]-'0' <= 9 {
		v = v*10 + int64(b[i]-'0')
		i++
	}
	if i == from || i-from > maxDigits {
		return 0, -1
	}
	if negative {
		v = -v
	}
	return v, i
}

// text consumes a text without escapes up to the quote that ends it, which a
// piece must consume.
func (s *spelling) text() []byte {
	rest := s.b[s.i:]
	for n, c := range rest { // names of a few bytes: no call pays
		switch c {
		case '"':
			s.i += n
			return rest[:n]
		case '\\':
			s.differs = true
			return nil
		}
	}
	s.differs = true
	return nil
}

// flag consumes true or false.
func (s *spelling) flag() bool {
	rest := s.b[s.i:]
	if bytes.HasPrefix(rest, []byte("false")) {
		s.i += len("false")
		return false
	}
	s.piece("true")
	return true
}

// usualInfo consumes a Task Info up to its list of accumulables, if it is
// spelled as every Spark since 3.1 spells it. t is changed only then.
func (d *decoder) usualInfo(t *event.TaskInfo) bool {
	s := spelling{b: d.b, i: d.i}
	var u event.TaskInfo
	s.piece(`{"Task ID":`)
	u.TaskID = s.number()
	s.piece(`,"Index":`)
	if s.differs {
		return false
	}
	u.Index = int(s.number())
	s.piece(`,"Attempt":`)
	u.Attempt = int(s.number())
	s.piece(`,"Partition ID":`)
	u.PartitionID = int(s.number())
	s.piece(`,"Launch Time":`)
	u.LaunchTime = event.Millis(max(0, s.number()))
	s.piece(`,"Executor ID":"`)
	executor := s.text()
	s.piece(`","Host":"`)
	host := s.text()
	s.piece(`","Locality":"`)
	u.Locality = locality(s.text())
	s.piece(`","Speculative":`)
	u.Speculative = s.flag()
	s.piece(`,"Getting Result Time":`)
	u.GettingTime = event.Millis(max(0, s.number()))
	s.piece(`,"Finish Time":`)
	u.FinishTime = event.Millis(max(0, s.number()))
	s.piece(`,"Failed":`)
	u.Failed = s.flag()
	s.piece(`,"Killed":`)
	u.Killed = s.flag()
	s.piece(`,"Accumulables":`)
	if s.differs {
		return false
	}
	u.ExecutorID, u.Host = d.intern(executor), d.intern(host)
	*t, d.i = u, s.i
	return true
}

// usualMetric consumes an accumulable of a plan node, if it is spelled as Spark
// spells it: plan metrics have numbers as texts.
func (d *decoder) usualMetric(a *event.Accumulable) bool {
	s := spelling{b: d.b, i: d.i}
	s.piece(accumulableHead)
	id := s.number()
	s.piece(`,"Name":"`)
	if s.differs {
		return false
	}
	name := s.text()
	s.piece(`","Update":"`)
	if s.differs {
		return false
	}
	update := s.number()
	s.piece(`","Value":"`)
	value := s.number()
	s.piece(`","Internal":true,"Count Failed Values":true,"Metadata":"sql"}`)
	if s.differs {
		return false
	}
	*a, d.i = event.Accumulable{ID: id, Name: d.intern(name), Update: update, Value: value, SQL: true}, s.i
	return true
}
