package runspec

import (
	"reflect"
	"testing"
)

// TestCompare changes each field of a spec, and each field of what is in its lists: that very one is told, whatever
// fields a spec will have.
func TestCompare(t *testing.T) {
	var empty Spec
	all := reflect.TypeFor[Spec]()
	for i := range all.NumField() {
		name := all.Field(i).Name
		var other Spec
		reflect.ValueOf(&other).Elem().Field(i).Set(filled(all.Field(i).Type))
		got := reflect.ValueOf(empty.Compare(other))
		for j := range got.NumField() {
			if changed := got.Field(j).Bool(); changed != (got.Type().Field(j).Name == name) {
				t.Errorf("with another %s, %s is told as %v", name, got.Type().Field(j).Name, changed)
			}
		}
		if _, there := got.Type().FieldByName(name); !there {
			t.Errorf("nothing says whether %s is another one", name)
		}
		if other.Compare(other) != (Changed{}) {
			t.Errorf("one with a %s differs from itself", name)
		}
	}
	same := Spec{Command: []string{}, Labels: map[string]string{}, More: Options{}, Mounts: []Mount{}}
	if got := empty.Compare(same); got != (Changed{}) {
		t.Errorf("nil and empty: %+v", got)
	}
}

// TestCompareItems changes each field of a mount, a port and a variable.
func TestCompareItems(t *testing.T) {
	for _, kind := range []reflect.Type{reflect.TypeFor[Mount](), reflect.TypeFor[Port](), reflect.TypeFor[Env]()} {
		for i := range kind.NumField() {
			item := reflect.New(kind).Elem()
			item.Field(i).Set(filled(kind.Field(i).Type))
			a, b := with(reflect.New(kind).Elem()), with(item)
			if a.Compare(b) == (Changed{}) {
				t.Errorf("%s.%s makes no difference", kind.Name(), kind.Field(i).Name)
			}
		}
	}
}

// with is a spec with one mount, port or variable.
func with(item reflect.Value) Spec {
	switch v := item.Interface().(type) {
	case Mount:
		return Spec{Mounts: []Mount{v}}
	case Port:
		return Spec{Ports: []Port{v}}
	default:
		return Spec{Env: []Env{v.(Env)}}
	}
}

// filled is a value of a type that is not its zero value.
func filled(t reflect.Type) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.String:
		v.SetString("x")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Uint16:
		v.SetUint(1)
	case reflect.Slice:
		v = reflect.MakeSlice(t, 1, 1)
	case reflect.Map:
		v = reflect.MakeMap(t)
		v.SetMapIndex(reflect.ValueOf("k"), reflect.New(t.Elem()).Elem())
	default:
		v.SetInt(1)
	}
	return v
}
