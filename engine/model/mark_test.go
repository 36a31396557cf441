package model

import (
	cmp0 "cmp"
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMarks(t *testing.T) {
	key, other := Key("mine"), Key("somebody else's")
	id := strings.Repeat("a1", 32)
	made := func(k Key, image map[string]string) map[string]string {
		labels := map[string]string{
			"plain": "1", LabelJob: "1-a-2-3", LabelReplaces: id, LabelSwap: "{}", LabelHelper: "v",
			LabelRecipe: "scipy", LabelFolder: "/a",
		}
		k.SignContainer("e", labels, image)
		return labels
	}
	own := made(key, nil)
	without := func(labels map[string]string, drop string) map[string]string {
		labels = maps.Clone(labels)
		delete(labels, drop)
		return labels
	}
	with := func(labels map[string]string, name, value string) map[string]string {
		labels = maps.Clone(labels)
		labels[name] = value
		return labels
	}
	described := map[string]string{LabelRecipe: "scipy", LabelFolder: "/a"}
	all := without(without(own, "plain"), "")
	for name, c := range map[string]struct {
		key           Key
		labels, image map[string]string
		unknown       bool
		engine        string
		want          map[string]string
	}{
		"our own":                   {key: key, labels: own, want: all},
		"somebody else's Slipway's": {key: key, labels: made(other, nil), want: described},
		"nobody's signature":        {key: key, labels: without(own, LabelSignature), want: described},
		"another value": {
			key: key, labels: with(own, LabelReplaces, strings.Repeat("b2", 32)),
			want: described,
		},
		"one label more":      {key: key, labels: with(own, LabelRun, "x"), want: described},
		"one label less":      {key: key, labels: without(own, LabelSwap), want: described},
		"all of it inherited": {key: key, labels: own, image: own, want: map[string]string{}},
		"the signature inherited": {
			key: key, labels: own,
			image: map[string]string{LabelSignature: own[LabelSignature]}, want: described,
		},
		"an image that nobody can ask about": {key: key, labels: own, unknown: true, want: described},
		"copied to another engine":           {key: key, labels: own, engine: "f", want: described},
		"no key":                             {labels: made(nil, nil), want: described},
		"neither an image nor a signature": {
			key: key, labels: without(own, LabelSignature), unknown: true,
			want: map[string]string{},
		},
		"an empty signature without a key": {labels: with(own, LabelSignature, ""), want: described},
		"a recipe of the image": {
			key: key, labels: map[string]string{LabelRecipe: "x"},
			image: map[string]string{LabelRecipe: "x"}, want: map[string]string{},
		},
		"a recipe of a person's own": {
			key: key, labels: map[string]string{LabelRecipe: "x"},
			image: map[string]string{LabelRecipe: "y"}, want: map[string]string{LabelRecipe: "x"},
		},
		"what an image says is written over": {
			key: key, labels: made(key, map[string]string{LabelRun: "x", "other": "y"}),
			image: map[string]string{LabelRun: "x", "other": "y"}, want: without(without(made(key, nil), "plain"), ""),
		},
		"a helper, says the image": {
			key: key, labels: map[string]string{LabelHelper: "x"},
			image: map[string]string{LabelHelper: "x"}, want: map[string]string{},
		},
		"a helper, says a colleague's file": {
			key: key, labels: map[string]string{LabelHelper: "x", LabelJob: "1"},
			want: map[string]string{},
		},
		"an unknown label of Slipway's": {
			key: key, labels: map[string]string{LabelPrefix + "later": "x"},
			want: map[string]string{},
		},
		"a label that is not Slipway's, only": {
			key: key, labels: map[string]string{"app.slipwayx": "x"},
			want: map[string]string{},
		},
	} {
		signature := cmp.FilterPath(func(p cmp.Path) bool { return strings.Contains(p.Last().String(), LabelSignature) },
			cmp.Ignore())
		if diff := cmp.Diff(c.want, c.key.ContainerMarks(cmp0.Or(c.engine, "e"), c.labels, c.image, !c.unknown),
			signature); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

func TestSignedWhatAnImageSays(t *testing.T) {
	labels := map[string]string{LabelJob: "1"}
	Key("k").
		SignContainer("e", labels, map[string]string{LabelHelper: "x", LabelRecipe: "scipy", LabelJob: "2", "plain": "y"})
	if labels[LabelHelper] != "" || labels[LabelRecipe] != "" || labels[LabelJob] != "1" || len(labels) != 4 {
		t.Errorf("%v", labels)
	}
}

func TestVolumeMarks(t *testing.T) {
	key, labels := Key("k"), map[string]string{LabelJob: "1", "mine": "x"}
	key.SignVolume("e", "data", labels)
	if got := key.VolumeMarks("e", "data", labels); got[LabelJob] != "1" || got["mine"] != "" {
		t.Errorf("%v", got)
	}
	for name, marks := range map[string]map[string]string{
		"another volume": key.VolumeMarks("e", "other", labels), "another key": Key("x").VolumeMarks("e", "data", labels),
		"no key":         Key(nil).VolumeMarks("e", "data", labels),
		"another engine": key.VolumeMarks("f", "data", labels),
		"no signature":   key.VolumeMarks("e", "data", map[string]string{LabelJob: "1"}),
	} {
		if len(marks) > 0 {
			t.Errorf("%s: %v", name, marks)
		}
	}
}

func TestWhatMarksMean(t *testing.T) {
	id := strings.Repeat("0f", 32)
	for name, c := range map[string]Container{
		"a name":     {Marks: map[string]string{LabelReplaces: "plain"}},
		"a short ID": {Marks: map[string]string{LabelReplaces: id[:12]}}, "none": {},
		"not believed": {Labels: map[string]string{LabelReplaces: id}},
		"a line more":  {Marks: map[string]string{LabelReplaces: id + "\n"}},
	} {
		if c.Replaces() != "" {
			t.Errorf("%s: replaces %s", name, c.Replaces())
		}
	}
	if got := (Container{Marks: map[string]string{LabelReplaces: id}}).Replaces(); got != id {
		t.Error(got)
	}
	helper := Container{Name: HelperPrefix + "1", State: StateCreated, Marks: map[string]string{LabelHelper: "v"}}
	if !helper.Helper() {
		t.Error("no helper")
	}
	running, named, labelled := helper, helper, helper
	running.State, named.Name = StateRunning, "mine"
	labelled.Labels, labelled.Marks = labelled.Marks, nil
	for _, c := range []Container{running, named, labelled} {
		if c.Helper() {
			t.Errorf("hidden: %+v", c)
		}
	}
	for label, want := range map[string]bool{
		LabelJob: true, LabelSwap: true, LabelSignature: true,
		LabelPrefix + "later": true, LabelRecipe: false, LabelFolder: false, "mine": false,
	} {
		if Reserved(label) != want {
			t.Errorf("%s is reserved: %v", label, !want)
		}
	}
}
