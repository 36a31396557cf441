package model

import "testing"

func TestSwapWith(t *testing.T) {
	for name, tc := range map[string]struct{ had, swap, memory, want int64 }{
		"none":            {0, 0, 100, 200},
		"twice, as usual": {50, 100, 80, 160},
		"none at all":     {50, -1, 80, -1},
		"chosen":          {50, 300, 80, 330},
		"little":          {50, 70, 80, 100},
		"no swap":         {50, 50, 80, 80},
		"not told":        {50, 0, 80, 160},
	} {
		t.Run(name, func(t *testing.T) {
			if got := (Container{Memory: tc.had, MemorySwap: tc.swap}).SwapWith(tc.memory); got != tc.want {
				t.Errorf("%d, want %d", got, tc.want)
			}
		})
	}
}
