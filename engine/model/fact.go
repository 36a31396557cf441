package model

import (
	"maps"
	"time"
)

// Fact is something to say to a person: a code, and what it is about. It has no words: the package words has a sentence
// for each code, in each language. The zero Fact says nothing.
type Fact struct {
	// Code is the key of the sentence, for example "container.started".
	Code string
	Args Args
	// then are the facts that are said after it.
	then []Fact
}

// Args are what a [Fact] is about, by the names that its sentence uses. The one called "N", a [Count], chooses between
// singular and plural.
type Args map[string]Value

// Value is what stands in a sentence: a [Name], a [Raw], a number of something, or another [Fact].
type Value interface{ IsValue() }

// Name is what somebody called something: a container, an image, a path, an address.
type Name string

// Raw is what a program or an engine printed.
type Raw string

// Names are the names of several things, in order.
type Names []string

// Count is how many there are of something.
type Count int

// Bytes is a size on a disk or a network, which is told in decimal units as docker does.
type Bytes int64

// MemoryBytes is a size in memory, which is told in binary units as docker does.
type MemoryBytes int64

// Span is a time, which is told in its largest unit: "3 h".
type Span time.Duration

// Decimal is a number with its unit, if any, with a point before its parts, such as "1.5" or "12.3%". Each
// language puts its own sign there.
type Decimal string

// Say is the fact with this code, which has to be written out where Say is called. It has no args or one.
func Say(code string, args ...Args) Fact {
	f := Fact{Code: code}
	if len(args) > 0 {
		f.Args = args[0]
	}
	return f
}

// None tells that there is nothing to say.
func (f Fact) None() bool { return f.Code == "" && len(f.then) == 0 }

// And is f, and then the others that say something.
func (f Fact) And(others ...Fact) Fact {
	for _, o := range others {
		switch {
		case o.None():
		case f.None():
			f = o
		default:
			f.then = append(f.then[:len(f.then):len(f.then)], o.Each()...)
		}
	}
	return f
}

// Each are the facts that f consists of, in order.
func (f Fact) Each() []Fact {
	if f.None() {
		return nil
	}
	return append([]Fact{{Code: f.Code, Args: f.Args}}, f.then...)
}

// Has tells whether the fact with this code is f or one of those that are said with it.
func (f Fact) Has(code string) bool {
	for _, each := range f.Each() {
		if each.Code == code {
			return true
		}
	}
	return false
}

// Verbatim is what an engine or a program said itself, as it is; nothing for "".
func Verbatim(text string) Fact {
	if text == "" {
		return Fact{}
	}
	return Say("words.verbatim", Args{"Text": Raw(text)})
}

// Facts are several things of one kind, which are listed.
type Facts []Fact

// Or is f, or the other where f says nothing.
func (f Fact) Or(other Fact) Fact {
	if f.None() {
		return other
	}
	return f
}

// With is f with more args.
func (f Fact) With(args Args) Fact {
	all := make(Args, len(f.Args)+len(args))
	maps.Copy(all, f.Args)
	maps.Copy(all, args)
	f.Args = all
	return f
}

// IsValue implements [Value].
func (Name) IsValue() {}

// IsValue implements [Value].
func (Raw) IsValue() {}

// IsValue implements [Value].
func (Names) IsValue() {}

// IsValue implements [Value].
func (Count) IsValue() {}

// IsValue implements [Value].
func (Bytes) IsValue() {}

// IsValue implements [Value].
func (MemoryBytes) IsValue() {}

// IsValue implements [Value].
func (Span) IsValue() {}

// IsValue implements [Value].
func (Decimal) IsValue() {}

// IsValue implements [Value].
func (Fact) IsValue() {}

// IsValue implements [Value].
func (Facts) IsValue() {}

// IsValue implements [Value].
func (*Problem) IsValue() {}
