package endpoint

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"slipway/engine/model"
)

// System is what the fixes depend on.
type System struct {
	// GOOS is runtime.GOOS; Distro the ID and ID_LIKE of os-release, for example "ubuntu debian".
	GOOS, Distro string
	Systemd      bool
	// Installed are the products that are here, whether they run or not: "docker", "desktop", "colima", "orbstack",
	// "rancher", "podman", "brew", "winget".
	Installed []string
	User      string
	// InDockerGroup tells whether the user database has the user in the group docker, which counts only from the next
	// log-in.
	InDockerGroup bool
}

func (s System) has(product string) bool { return slices.Contains(s.Installed, product) }

// Diagnose names the one case that explains why nothing answered, from the answers of all endpoints, with the fix for
// this system. It is pure.
func Diagnose(answers []Answer, sys System) *model.Problem {
	p := *worst(answers)
	explicit := len(answers) > 0 && answers[0].Endpoint.Explicit
	switch {
	case p.Kind == model.ProblemPermission && p.Fix.None():
		fixPermission(&p, sys)
	case p.Kind == model.ProblemNotRunning && !explicit && !anyInstalled(sys):
		notInstalled(&p, sys)
	case p.Kind == model.ProblemNotRunning:
		fixNotRunning(&p, answers, sys)
	}
	if explicit && answers[0].Endpoint.Problem == nil { // else its address itself is wrong, which says where it is from
		sayChosen(&p, answers[0].Endpoint)
	}
	return &p
}

// sayChosen says that only one place was asked, because somebody chose it for this process.
func sayChosen(p *model.Problem, e Endpoint) {
	setting, value := "DOCKER_CONTEXT", e.Name
	if e.Source == FromEnvironment {
		setting, value = "DOCKER_HOST", e.Host
	}
	p.Why = model.Say("endpoint.is-set-to-so-only",
		model.Args{"Setting": model.Name(setting), "Value": model.Name(value)}).And(p.Why)
	// not the system's own
	if e.Source == FromEnvironment && p.Kind == model.ProblemNotRunning && !strings.HasSuffix(e.Host, "/run/docker.sock") {
		p.Command, p.Fix = nil,
			model.Say("endpoint.start-the-engine-that-is-meant")
	}
	p.Fix = p.Fix.And(model.Say("endpoint.to-let-slipway-look-everywhere", model.Args{"Setting": model.Name(setting)}))
}

// worst picks the problem that a user can act on best: the chosen endpoint's when one was chosen, else by kind.
func worst(answers []Answer) *model.Problem {
	var problems []*model.Problem
	for _, a := range answers {
		if a.Problem == nil {
			continue
		}
		if a.Endpoint.Explicit {
			return a.Problem
		}
		if a.Endpoint.Ignored || (a.Endpoint.Remote() || a.Endpoint.Problem != nil) && !a.Endpoint.Current {
			continue // nobody waits for that one
		}
		problems = append(problems, a.Problem)
	}
	order := []model.ProblemKind{
		model.ProblemPermission, model.ProblemTLS, model.ProblemTooOld, model.ProblemTimeout,
		model.ProblemNotFound, model.ProblemBadInput, model.ProblemUnreachable, model.ProblemNotRunning,
	}
	for _, kind := range order {
		for _, p := range problems {
			if p.Kind == kind {
				return p
			}
		}
	}
	if len(problems) > 0 {
		return problems[0]
	}
	return &model.Problem{
		Kind: model.ProblemNotRunning,
		What: model.Say("endpoint.docker-is-not-running"),
		Why:  model.Say("endpoint.no-engine-was-found-on"),
	}
}

func anyInstalled(sys System) bool {
	for _, p := range []string{"docker", "desktop", "colima", "orbstack", "rancher", "podman"} {
		if sys.has(p) {
			return true
		}
	}
	return false
}

func fixPermission(p *model.Problem, sys System) {
	if sys.InDockerGroup {
		p.Why = p.Why.And(model.Say("endpoint.you-were-added-to-the"))
		p.Fix, p.NextLogin = model.Say("endpoint.log-out-of-your-desktop"), true
		return
	}
	if sys.User == "" {
		p.Fix = model.Say("endpoint.ask-an-administrator-to-add")
		return
	}
	p.Fix, p.NextLogin = model.Say("endpoint.paste-this-in-a-terminal", model.Args{"Joins": joins}), true
	p.Command = joinDockerGroup(sys)
}

// joins says what joining the group docker means (docs.docker.com/engine/install/linux-postinstall).
var joins = model.Say("endpoint.it-adds-you-to-the")

// enableDocker starts the engine now and at each start of the computer.
var enableDocker = []string{"sudo", "systemctl", "enable", "--now", "docker"}

// joinDockerGroup lets the user open Docker's socket; nil where the user's name is not known.
func joinDockerGroup(sys System) model.Shell {
	if sys.User == "" {
		return nil
	}
	return model.Run("sudo", "usermod", "-aG", "docker", sys.User)
}

func notInstalled(p *model.Problem, sys System) {
	p.Kind = model.ProblemNotInstalled
	p.What = model.Say("endpoint.docker-is-not-installed")
	p.Why = model.Say("endpoint.slipway-looked-in-every-place")
	p.Fix = model.Say("endpoint.paste-this-in-a-terminal-slipway")
	like := func(ids ...string) bool {
		for _, id := range ids {
			if slices.Contains(strings.Fields(sys.Distro), id) {
				return true
			}
		}
		return false
	}
	switch {
	case sys.GOOS == "darwin" && sys.has("brew"):
		p.Command = model.Run("brew", "install", "--cask", "docker").Then("open", "-a", "Docker")
	case sys.GOOS == "windows" && sys.has("winget"):
		p.Command = model.Run("winget", "install", "--exact", "--id", "Docker.DockerDesktop")
	case sys.GOOS != "linux":
		p.Fix = model.Say("endpoint.install-docker-desktop-from-docs")
	case like("debian", "ubuntu"):
		p.Command = append(model.Run("sudo", "apt-get", "update").Then("sudo", "apt-get", "install", "-y", "docker.io"),
			joinDockerGroup(sys)...)
		sayGroup(p, sys)
	case like("fedora", "rhel"):
		p.Command = append(model.Run("sudo", "dnf", "install", "-y", "moby-engine").Then(enableDocker...),
			joinDockerGroup(sys)...)
		sayGroup(p, sys)
	case like("arch"):
		p.Command = model.Run("sudo", "pacman", "-S", "--noconfirm", "docker").Then(enableDocker...)
	case like("suse", "opensuse"):
		p.Command = model.Run("sudo", "zypper", "install", "-y", "docker").Then(enableDocker...)
	default:
		p.Fix = model.Say("endpoint.install-docker-engine-as-docs")
	}
}

// sayGroup says what else an installation does that lets the user open Docker's socket.
func sayGroup(p *model.Problem, sys System) {
	if sys.User != "" {
		p.Fix, p.NextLogin = model.Say("endpoint.paste-this-in-a-terminal", model.Args{"Joins": joins}), true
	}
}

func fixNotRunning(p *model.Problem, answers []Answer, sys System) {
	if p.What.Has("endpoint.docker-is-not-running") && anyInstalled(sys) {
		p.What = model.Say("endpoint.docker-is-installed-but-not")
	}
	if sys.GOOS == "windows" {
		p.Fix = model.Say("endpoint.start-docker-desktop-from-the")
		return
	}
	name := ""
	if len(answers) > 0 {
		name = answers[0].Endpoint.Name
	}
	p.Fix = model.Say("endpoint.paste-this-in-a-terminal-slipway")
	p.Command = startCommand(sys, name)
}

// startCommand starts the engine of an endpoint of this name on a system that is not Windows.
func startCommand(sys System, endpoint string) model.Shell {
	mac := sys.GOOS == "darwin"
	switch {
	case mac && sys.has("desktop"):
		return model.Run("open", "-a", "Docker")
	case mac && sys.has("orbstack"):
		return model.Run("open", "-a", "OrbStack")
	case sys.has("colima"):
		return model.Run("colima", "start")
	case mac && sys.has("rancher"):
		return model.Run("open", "-a", "Rancher Desktop")
	case strings.Contains(endpoint, "desktop"), sys.has("desktop") && !sys.has("docker"):
		return model.Run("systemctl", "--user", "start", "docker-desktop")
	case strings.Contains(endpoint, "rootless"):
		return model.Run("systemctl", "--user", "start", "docker")
	case !sys.has("docker") && sys.has("podman") && sys.GOOS == "linux":
		return model.Run("systemctl", "--user", "start", "podman.socket")
	case sys.Systemd:
		return model.Run("sudo", "systemctl", "start", "docker")
	}
	return model.Run("sudo", "service", "docker", "start")
}

// ThisSystem looks at this computer. It reads files and the PATH, and runs nothing.
func ThisSystem() System {
	sys := System{GOOS: runtime.GOOS}
	if f, err := os.Open("/etc/os-release"); err == nil {
		sys.Distro = parseOSRelease(f)
		f.Close()
	}
	_, err := os.Stat("/run/systemd/system")
	sys.Systemd = err == nil
	for product, commands := range map[string][]string{
		"docker": {"dockerd"}, "desktop": {"docker-desktop"}, "colima": {"colima"}, "podman": {"podman"}, "brew": {"brew"},
		"winget": {"winget"},
	} {
		for _, c := range commands {
			if _, err := exec.LookPath(c); err == nil {
				sys.Installed = append(sys.Installed, product)
			}
		}
	}
	for product, paths := range map[string][]string{
		"docker": {"/usr/bin/dockerd", "/usr/sbin/dockerd"},
		"desktop": {
			"/Applications/Docker.app", "/opt/docker-desktop",
			filepath.Join(os.Getenv("ProgramFiles"), "Docker", "Docker", "Docker Desktop.exe"),
		},
		"orbstack": {"/Applications/OrbStack.app"}, "rancher": {"/Applications/Rancher Desktop.app", "/opt/rancher-desktop"},
	} {
		for _, p := range paths {
			if _, err := os.Stat(p); err == nil && filepath.IsAbs(p) && !sys.has(product) {
				sys.Installed = append(sys.Installed, product)
			}
		}
	}
	slices.Sort(sys.Installed)
	if u, err := user.Current(); err == nil {
		sys.User = u.Username
		if f, err := os.Open("/etc/group"); err == nil {
			sys.InDockerGroup = inGroup(f, "docker", u.Username)
			f.Close()
		}
	}
	return sys
}

// parseOSRelease gives ID and ID_LIKE of an os-release file, separated by spaces (freedesktop.org os-release(5)).
func parseOSRelease(r io.Reader) string {
	var ids []string
	for sc := bufio.NewScanner(r); sc.Scan(); {
		k, v, _ := strings.Cut(sc.Text(), "=")
		if k == "ID" || k == "ID_LIKE" {
			ids = append(ids, strings.Fields(strings.Trim(v, `"'`))...)
		}
	}
	return strings.Join(ids, " ")
}

// inGroup tells whether a file in the form of /etc/group has the user as a member of the group.
func inGroup(r io.Reader, group, name string) bool {
	for sc := bufio.NewScanner(r); sc.Scan(); {
		f := strings.Split(sc.Text(), ":")
		if len(f) == 4 && f[0] == group {
			return slices.Contains(strings.Split(f[3], ","), name)
		}
	}
	return false
}
