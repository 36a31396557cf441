// Package words makes every sentence that a person reads, in the window and in the terminal, out of facts: a code and
// what it is about. The sentences are those of assets/words, a file a language.
//
// Everything that shows text takes a [Text], which only this package makes: [Say] makes the sentence of a code,
// [Of] that of a [model.Fact] that came from below, [Name] what somebody called something and [Raw] what a
// program printed. A fact can be compared, kept and said twice; a text is for the eyes, and nobody takes it apart.
// Since nothing else can be shown, the compiler finds English in code.
//
// Numbers, sizes, times and lists are values ([Count], [Bytes], [Span], [Names], …), and the language writes them.
// {{.N}} chooses between "one:" and "other:".
//
// What leaves this computer stays English, whoever makes it: the comments in requirements.txt, environment.yml and
// install.R, which belong to a project, and that of a kept image. So do codes, and errors that only other errors hold.
//
// # Tests
//
// Write codes out where you use them: TestSentences finds a code without a sentence, a sentence without a use, and an
// argument that is missing on either side. TestLanguages finds what another language lacks. TestMadeUpLanguage (package
// gui, "make test-pictures") goes through all pages in a language with accents whose sentences are 40 % longer: nothing
// may be cut, overlap, or be left in English.
//
// # Another language
//
// Add a file beside assets/words/en.yaml with the same codes and arguments, named by its tag in BCP 47; a line in
// [Languages]; and for each recipe a translation, see assets/recipes/README.md. Slipway takes the system's language, or
// the one chosen in View ▸ Language, which counts from the next start on: Fyne's own texts are set once, before the
// window is built.
package words

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"slipway/engine/model"
)

// Text is text that may be shown. The zero Text is empty.
type Text struct{ text string }

// String is the text for those who draw or print it: nobody else takes it apart or compares it.
func (t Text) String() string { return t.text }

// None tells that there is nothing to show.
func (t Text) None() bool { return t.text == "" }

// And is t, and then the others, as sentences that follow one another.
func (t Text) And(others ...Text) Text { return Join(" ", append([]Text{t}, others...)...) }

// Compare orders texts, for lists that stay in one order.
func (t Text) Compare(other Text) int { return strings.Compare(t.text, other.text) }

// IsValue implements [model.Value].
func (Text) IsValue() {}

// Args are what a sentence is about, by the names that it uses, see [model.Args].
type Args = model.Args

// What may stand in a sentence beside texts, see [model.Value].
type (
	// Count is a number of things, see [model.Count].
	Count = model.Count
	// Bytes is a size, see [model.Bytes].
	Bytes = model.Bytes
	// MemoryBytes is a size of memory, see [model.MemoryBytes].
	MemoryBytes = model.MemoryBytes
	// Decimal is a number with parts, see [model.Decimal].
	Decimal = model.Decimal
	// Span is a length of time, see [model.Span].
	Span = model.Span
	// Names are names of things, one after the other, see [model.Names].
	Names = model.Names
	// Facts are facts, one after the other, see [model.Facts].
	Facts = model.Facts
)

// Say is the sentence of a code, which has to be written out where Say is called. It has no args or one.
func Say(code string, args ...Args) Text {
	f := model.Fact{Code: code}
	if len(args) > 0 {
		f.Args = args[0]
	}
	return Of(f)
}

// Of is what a fact says: its sentence, and those of the facts that follow it.
func Of(f model.Fact) Text {
	return Text{now().of(f)}
}

// Name is the name, path or address of something.
func Name(name string) Text { return Text{name} }

// Raw is what a program or an engine printed.
func Raw(output string) Text { return Text{output} }

// Show is a value alone, such as a size.
func Show(v model.Value) Text { return Text{now().value(v)} }

// Join puts texts behind each other, with what stands between them; empty ones are left out.
func Join(between string, texts ...Text) Text {
	var b strings.Builder
	for _, t := range texts {
		if t.None() {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(between)
		}
		b.WriteString(t.text)
	}
	return Text{b.String()}
}

// What is what happened, the first of the three things that a problem says; each may be empty.
func What(p *model.Problem) Text { return Of(p.What) }

// Why is why the problem happened, see [What].
func Why(p *model.Problem) Text { return Of(p.Why) }

// Fix is the next step, see [What].
func Fix(p *model.Problem) Text { return Of(p.Fix) }

// Details are why a problem happened and what to do about it.
func Details(p *model.Problem) Text { return Of(p.Why.And(p.Fix)) }

// Problem is a problem in one line: what happened, and why or what the engine said.
func Problem(p *model.Problem) Text { return Of(line(p)) }

func line(p *model.Problem) model.Fact {
	why := p.Why.Or(model.Verbatim(p.Raw()))
	if why.None() {
		return p.What
	}
	return model.Say("problem.line", Args{"What": p.What, "Why": why})
}

// Error is what went wrong: a problem in one line, or what any other error says.
func Error(err error) Text {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		texts := make([]Text, 0, len(joined.Unwrap()))
		for _, one := range joined.Unwrap() {
			texts = append(texts, Error(one))
		}
		return Join(" ", texts...)
	}
	var p *model.Problem
	if errors.As(err, &p) {
		return Problem(p)
	}
	return Raw(err.Error())
}

// value is a value as it stands in a sentence.
func (c *catalogue) value(v model.Value) string {
	switch v := v.(type) {
	case Text:
		return v.text
	case model.Fact:
		return c.of(v)
	case model.Name:
		return string(v)
	case model.Raw:
		return string(v)
	case model.Names:
		return strings.Join(v, ", ")
	case model.Facts:
		list := make([]string, len(v))
		for i, f := range v {
			list[i] = c.of(f)
		}
		return strings.Join(list, ", ")
	case model.Count:
		return strconv.Itoa(int(v))
	case model.Bytes:
		return c.number(model.Size(int64(v)))
	case model.MemoryBytes:
		return c.number(model.Memory(int64(v)))
	case model.Decimal:
		return c.number(string(v))
	case model.Span:
		return c.of(span(time.Duration(v)))
	case *model.Problem:
		return c.of(line(v))
	}
	return ""
}
