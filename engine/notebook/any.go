package notebook

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"slipway/engine/model"
)

// AnyID is the ID of the recipe that stands for every image that no recipe is for.
const AnyID = "any"

// Any is the recipe of an image before anything is known of it, so it has no name yet. What it needs is read
// from the image, see [AnyOf].
func Any() Recipe {
	return Recipe{
		ID: AnyID, SignIn: SignIn{Method: SignInNone}, User: UserImage,
	}
}

// anyMount is where the folder goes when the image does not say where it works.
const anyMount = "/work"

// AnyOf makes the recipe of an image from what that says about itself: EXPOSE, WORKDIR and VOLUME, HEALTHCHECK, its
// variables and its title. The error says that it does not tell on which port it serves.
func AnyOf(ref string, d model.ImageDetail) (Recipe, error) {
	r := Any()
	r.Name = cmp.Or(d.Labels["org.opencontainers.image.title"], lastPart(ref))
	r.Mount, r.KeepDir = anyPlace(d), true
	argv := append(slices.Clone(d.Entrypoint), d.Cmd...)
	like := model.Container{Image: ref, Env: d.Env, Argv: argv, Command: strings.Join(argv, " ")}
	if isJupyter(like) {
		s := foreign(like, Place{})
		r.Port, r.SignIn, r.Ready, r.Status = s.Port.Container, jupyter.SignIn, jupyter.Ready, jupyter.Status
		r.Env = map[string]string{"JUPYTER_PORT_RETRIES": "0"}
		r.Mount, r.KeepDir = cmp.Or(WorkPlace(d, nil), anyMount), false
		if HomeOf(d) == "/home/jovyan" {
			r.User = UserJupyter
		}
		return r, nil
	}
	port, ready := healthPage(d.Healthcheck)
	for _, p := range d.Exposed {
		if p.Protocol == "tcp" && (r.Port == 0 || p.Container == port) {
			r.Port = p.Container
		}
	}
	if r.Port == port {
		r.Ready = ready
	}
	if r.Port == 0 {
		return Recipe{}, &model.Problem{
			Kind: model.ProblemUnsupported,
			What: model.Say("notebook.does-not-say-on-which", model.Args{"Ref": model.Name(ref)}),
			Why:  model.Say("notebook.the-image-has-no-expose"),
			Fix:  model.Say("notebook.run-it-from-the-page"),
		}
	}
	return r, nil
}

// anyPlace is where the folder goes in an image of which nothing is known: a place that it declares, else below its
// working directory, which may hold its program.
func anyPlace(d model.ImageDetail) string {
	place := WorkPlace(d, nil)
	if place == "" {
		return anyMount
	}
	if len(d.Volumes) == 0 && place == path.Clean(d.WorkingDir) {
		return path.Join(place, "work")
	}
	return place
}

// lastPart is an image's name without registry and tag.
func lastPart(ref string) string {
	name, _, _ := strings.Cut(path.Base(ref), ":")
	return name
}

var healthURL = regexp.MustCompile(`https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])[^\s"'|;&)]*`)

// healthPage is the port and the path that a health check asks on the container itself; 0 when it asks none.
func healthPage(check []string) (port uint16, ready string) {
	u, err := url.Parse(healthURL.FindString(strings.Join(check, " ")))
	if err != nil || u.Host == "" {
		return 0, ""
	}
	n, err := strconv.ParseUint(cmp.Or(u.Port(), "80"), 10, 16)
	if err != nil || strings.ContainsAny(u.Path, "$`") {
		return 0, ""
	}
	return uint16(n), strings.TrimPrefix(u.Path, "/")
}

// anyServer is the server in a container that was launched from an image that no recipe is for.
func anyServer(c model.Container, at Place) Server {
	r := Any()
	r.Name = lastPart(c.Image)
	var s Server
	if isJupyter(c) {
		s = foreign(c, at)
		s.page = ""
	} else {
		s = fromRecipe(c, r)
		for _, p := range c.Ports {
			if p.HostPort != 0 && p.Protocol == "tcp" {
				s.Port = p
				break
			}
		}
		s.Known, s.anyAnswer = true, true
	}
	s.Recipe, s.Folder = r, ""
	for _, m := range c.Mounts {
		if m.Type == "bind" && m.Source == c.Mark(model.LabelFolder) {
			s.Folder = m.Source
		}
	}
	return s
}
