package launch

import (
	"path/filepath"

	"slipway/engine/image"
	"slipway/engine/notebook"
	"slipway/engine/words"
	"slipway/gui/present"
)

// saying is what the page says of what was found out about a folder.
type saying struct {
	p      *Page
	folder string
	v      view
}

// verb is what the button does.
func (y saying) verb() words.Text {
	name := cut(filepath.Base(y.p.plan.Folder))
	switch {
	case y.p.plan.Running():
		return words.Say("launch.open-notebook", words.Args{"Name": words.Name(name)})
	case y.p.plan.Exists():
		return words.Say("launch.start-again", words.Args{"Name": words.Name(name)})
	case y.p.recipe.ID != notebook.AnyID:
		return words.Say("launch.launch", words.Args{"Name": words.Name(y.p.recipe.Name)})
	case y.p.plan.Folder != "":
		return words.Say("launch.launch-image", words.Args{"Image": words.Name(present.LastPart(y.p.plan.Image))})
	}
	return words.Say("common.launch")
}

// why says why the button cannot be used.
func (y saying) why() words.Text {
	switch {
	case y.p.commands.Away():
		return words.Say("common.the-engine-does-not-answer")
	case y.folder == "":
		return words.Say("launch.choose-a-folder-first")
	case y.p.recipe.ID == notebook.AnyID && y.p.plan.Folder == "" && y.v.err == nil:
		return words.Say("launch.choose-an-image-first")
	case y.v.err != nil:
		return words.Say("launch.see-above-what-is-wrong")
	}
	return words.Text{}
}

// status is the line beside the button.
func (y saying) status() words.Text {
	switch {
	case y.folder == "":
		return words.Say("launch.choose-the-folder-that-you")
	case y.v.err != nil:
		return words.Text{}
	case y.p.plan.Folder == "":
		return words.Say("launch.choose-the-image-that-you")
	case y.p.plan.Differs():
		return words.Say("launch.it-was-made-from-and",
			words.Args{"OldImage": words.Name(familiar(y.p.plan.Server.Container.Reference)), "Image": words.Name(y.p.plan.Image)})
	case y.p.plan.Exists() && y.v.newer:
		return words.Say("launch.there-is-a-newer-image")
	case y.p.plan.Running():
		text := words.Say("launch.it-runs-port", words.Args{"Port": words.Count(y.p.plan.OnPort())})
		if y.p.plan.Server.SignIn.Method == notebook.SignInPasswordEnv {
			text = words.Join(" · ", text, words.Say("launch.its-password-is-behind-copy"))
		}
		return text
	case y.p.plan.Exists():
		return words.Say("launch.it-is-stopped-with-everything")
	}
	var list []words.Text
	if y.p.plan.HostPort != 0 {
		list = append(list, words.Say("launch.port", words.Args{"Port": words.Count(y.p.plan.HostPort)}))
	}
	list = append(list, words.Say("launch.opens-on-this-computer-only"))
	if y.p.recipe.ID == notebook.AnyID && y.p.plan.HostPort != 0 {
		list = append(list, words.Say("launch.your-folder-is-in-it", words.Args{"Mount": words.Name(y.p.plan.Recipe.Mount)}))
	}
	if _, here := y.p.session.Live.Snapshot().FindImage(y.p.plan.Image); !here {
		list = append(list, y.download(y.p.plan.Image))
	}
	return words.Join(" · ", list...)
}

// download says that an image is downloaded first, how large that is, and what room there is, as far as that is known.
func (y saying) download(ref string) words.Text {
	size := y.p.settings.Get().Sizes[ref]
	if size == 0 {
		return words.Say("launch.is-downloaded-first", words.Args{"Ref": words.Name(ref)})
	}
	args := words.Args{"Ref": words.Name(ref), "Size": words.Bytes(size)}
	st := y.p.session.State()
	if free, ok := image.FreeSpace(st.Info, st.Locality); ok {
		args["Free"] = words.Bytes(free)
		return words.Say("launch.is-downloaded-first-and-free", args)
	}
	return words.Say("launch.sized-is-downloaded-first", args)
}
