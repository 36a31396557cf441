package engine

import "testing"

func TestInstruction(t *testing.T) {
	for written, want := range map[string]string{
		"/bin/sh -c #(nop)  CMD [\"bash\"]":                        `CMD ["bash"]`,
		"/bin/sh -c #(nop) ADD file:0123 in / ":                    "ADD file:0123 in /",
		"/bin/sh -c apt-get update && apt-get install -y curl":     "RUN apt-get update && apt-get install -y curl",
		"RUN /bin/sh -c pip install numpy # buildkit":              "RUN pip install numpy",
		"RUN |1 VERSION=3 /bin/sh -c pip install numpy # buildkit": "RUN pip install numpy   (VERSION=3)",
		"|2 A=1 B=2 /bin/sh -c make":                               "RUN make   (A=1 B=2)",
		"COPY . /app # buildkit":                                   "COPY . /app",
		"ENV PATH=/usr/bin":                                        "ENV PATH=/usr/bin",
		"":                                                         "",
		"|":                                                        "|",
		"RUN |":                                                    "RUN |",
	} {
		if got := instruction(written); got != want {
			t.Errorf("%q: got %q, want %q", written, got, want)
		}
	}
}
