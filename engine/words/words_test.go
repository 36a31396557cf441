package words

import (
	"slices"
	"testing"

	"slipway/engine/model"
)

func BenchmarkSay(b *testing.B) {
	for b.Loop() {
		Say("problem.line", Args{"What": Name("x"), "Why": model.Bytes(100)})
	}
}

func BenchmarkPlural(b *testing.B) {
	for b.Loop() {
		Say("span.months", Args{"N": Count(2)})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		load("en")
	}
}

// TestLanguages finds what a language lacks or has too many of: codes, args, and forms that its numbers need.
func TestLanguages(t *testing.T) {
	english := sentences(t, "words/en.yaml")
	for _, l := range Languages[1:] {
		other := sentences(t, "words/"+l.Tag+".yaml")
		for code, m := range english {
			o := other[code]
			switch {
			case o == nil:
				t.Errorf("%s has no sentence for %s: %s", l.Tag, code, m.Other)
			case !slices.Equal(fields(m), fields(o)):
				t.Errorf("%s: %s has the args %v, want %v", l.Tag, code, fields(o), fields(m))
			}
		}
		for code := range other {
			if english[code] == nil {
				t.Errorf("%s: no code %s", l.Tag, code)
			}
		}
	}
}

// TestPortuguese has the numbers, sizes and dates of another language; English comes back afterwards.
func TestPortuguese(t *testing.T) {
	Use("pt-BR")
	t.Cleanup(func() { Use("en") })
	for n, want := range map[int]string{
		0: "0 item", 1: "1 item", 2: "2 itens", 1_000_000: "1000000 itens", 2_000_000: "2000000 itens",
	} {
		if got := Say("actions.things", Args{"N": Count(n)}).String(); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
	if got := Show(model.Bytes(1_500_000)).String(); got != "1,5 MB" {
		t.Errorf("1.5 MB is %q", got)
	}
	if Tag() != "pt-BR" || Choice("xx") != "en" || Choice("pt-BR") != "pt-BR" {
		t.Errorf("it speaks %s; %s, %s", Tag(), Choice("xx"), Choice("pt-BR"))
	}
}
