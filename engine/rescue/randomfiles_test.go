//go:build linux

package rescue

import (
	"fmt"
	"math/rand/v2"
	"path"
	"strings"
)

// things are the files of one random container, made before it is: what a person would miss, and what programs leave
// behind. The noise is written down by what pip, apt, npm, editors and servers do, not by what this package takes for
// noise.
type things struct {
	*rand.Rand
	taken map[string]bool // files
	dirs  map[string]bool // folders that files are in

	own, noise []thing
}

// thing is one path to be made.
type thing struct {
	path string
	kind thingKind
	size int
	// to is where a link leads: for a hard link another path of the list, made before.
	to string
	// program is whose noise it is.
	program string
}

type thingKind int

const (
	plain thingKind = iota
	sparse
	symlink
	hardlink
	pipe
)

func newThings(r *rand.Rand) *things {
	return &things{Rand: r, taken: map[string]bool{}, dirs: map[string]bool{}}
}

// free takes a path, unless something is there, or would have to be a folder and a file at once.
func (g *things) free(p string) bool {
	if g.taken[p] || g.dirs[p] {
		return false
	}
	for d := path.Dir(p); d != "/"; d = path.Dir(d) {
		if g.taken[d] {
			return false
		}
	}
	g.taken[p] = true
	for d := path.Dir(p); d != "/"; d = path.Dir(d) {
		g.dirs[d] = true
	}
	return true
}

func (g *things) pick(from ...string) string { return from[g.IntN(len(from))] }

func (g *things) hex(n int) string {
	const digits = "0123456789abcdef"
	b := make([]byte, n)
	for i := range b {
		b[i] = digits[g.IntN(16)]
	}
	return string(b)
}

func (g *things) word() string {
	return g.pick("survey", "model", "notes", "plot", "draft", "data", "trial", "thesis", "chapter", "results", "lab",
		"fit", "map", "figure", "review") + g.pick("", "", fmt.Sprint(g.IntN(100)), "_final", "-v2")
}

// ending is of what people make; a name without one is as good.
func (g *things) ending() string {
	return g.pick(".ipynb", ".py", ".csv", ".R", ".md", ".txt", ".parquet", ".tar.gz", ".png", ".json", ".tex", ".rds",
		".log", ".bak", "", "")
}

// name is one that a person may have given, or a program for them. All are names for Linux: only "/" and zero are none.
func (g *things) name() string {
	w, end := g.word(), g.ending()
	switch g.IntN(14) {
	case 0:
		return g.pick("Ergebnisse größer ", "данные", "資料", "😀 ", "e\u0301te\u0301", "été") + w + end
	case 1:
		return " " + w + "  two  blanks" + end + g.pick("", " ")
	case 2:
		return g.pick("-", "--", "-rf ", "--help ") + w + end
	case 3:
		return w + "\n" + g.word() + end
	case 4:
		return g.pick("caf\351", "\xff\xfe", "na\xefve ", "\x80") + w + end // no UTF-8
	case 5:
		return w + g.pick("*?[a-z]", `"'$(reboot)`, `a\b`, "\t", "\x1b[31m", "%s%n", "#", "&;|", ":", "\x7f", "@{u}") + end
	case 6:
		return g.pick(".", "..", "...") + w + end
	case 7: // as long as a name may be, in bytes
		long := strings.Repeat(g.pick("long-", "lang-ü-", "0123456789"), 60)
		return strings.ToValidUTF8(long[:255-len(w)-len(end)], "x") + w + end
	default:
		return w + end
	}
}

// folder is where a person works.
func (g *things) folder() string {
	dir := g.pick("/root", "/home/jovyan", "/home/ada", "/home/ada/work", "/work", "/app", "/srv/site", "/opt/tool",
		"/usr/src/app", "/usr/local/src", "/mnt/disk", "/var/www/html", "/project", "/")
	for range g.IntN(5) {
		dir = path.Join(dir, g.name())
	}
	if g.IntN(25) == 0 { // deeper than anybody looks
		for range 20 + g.IntN(20) {
			dir = path.Join(dir, g.word())
		}
	}
	return dir
}

// ownPlaces are files that a person made beside what programs make, where a glance may take them for noise.
func (g *things) ownPlaces() string {
	home, w := g.pick("/root", "/home/jovyan", "/home/ada"), g.word()
	repo := g.pick("/work/repo", "/root/thesis", "/app")
	return g.pick(
		repo+"/.git/objects/"+g.hex(2)+"/"+g.hex(38), repo+"/.git/objects/pack/pack-"+g.hex(40)+".pack", repo+"/.git/HEAD",
		repo+"/.git/index", repo+"/.git/refs/heads/"+w,
		repo+"/.git/refs/heads/fix/__pycache__", repo+"/.git/refs/stash", repo+"/.git/logs/HEAD", repo+"/.gitignore",
		repo+"/.github/workflows/"+w+".yml",
		home+"/.ssh/config", home+"/.bashrc", home+"/.vimrc", home+"/.config/"+w+"/settings.toml",
		home+"/.gnupg/private-keys-v1.d/"+g.hex(40)+".key",
		home+"/.ipython/profile_default/startup/10-"+w+".py", home+"/.ipython/profile_default/ipython_config.py",
		home+"/.jupyter/custom/custom.css", home+"/.jupyter/jupyter_server_config.py",
		home+"/.config/matplotlib/matplotlibrc", home+"/.config/matplotlib/stylelib/"+w+".mplstyle",
		home+"/.config/pip/pip.conf", home+"/.local/bin/"+w, home+"/.local/share/"+w+"/"+w+".db",
		home+"/.m2/settings.xml", home+"/.cargo/config.toml", home+"/.julia/config/startup.jl",
		home+"/.julia/dev/"+w+"/src/"+w+".jl", home+"/.condarc", home+"/.npmrc", home+"/.RData", home+"/go/src/"+w+"/main.go",
		"/usr/local/bin/"+w+".sh", "/etc/cron.d/"+w, "/etc/nginx/conf.d/"+w+".conf", "/etc/systemd/system/"+w+".service",
		"/etc/ssl/private/"+w+".key", "/etc/ssl/certs/"+w+".crt", "/etc/apt/sources.list.d/"+w+".list",
		"/var/lib/postgresql/data/base/1/"+fmt.Sprint(1000+g.IntN(9000)), "/var/lib/mysql/"+w+"/t.ibd",
		"/var/spool/cron/crontabs/root", "/usr/share/nginx/html/"+w+".html", "/usr/lib/cgi-bin/"+w+".cgi",
		"/work/tmp/"+w+".csv", "/work/cache/"+w+".parquet", "/work/log/"+w+".md", "/work/run/"+w+"/weights.pt",
		"/work/lib/"+w+".py", "/work/bin/"+w, "/srv/logs/observations-"+w+".log",
		"/app/package-lock.json", "/app/poetry.lock", "/app/.env", "/app/requirements.txt", "/app/node/"+w+".js",
		"/work/environment.yml", "/work/swp/"+w+".swp", "/work/"+w+".pyc.txt",
	)
}

// addOwn makes a person's own files.
func (g *things) addOwn(n int) {
	for len(g.own) < n {
		p := path.Join(g.folder(), g.name())
		if g.IntN(4) == 0 {
			p = g.ownPlaces()
		}
		if len(p) > 3000 || !g.free(p) {
			continue
		}
		t := thing{path: p, size: g.size()}
		switch g.IntN(20) {
		case 0:
			t.kind, t.to = symlink, g.pick("/etc/passwd", "../nowhere", ".", "/", g.name())
		case 1:
			if last := len(g.own) - 1; last >= 0 && (g.own[last].kind == plain || g.own[last].kind == sparse) {
				t.kind, t.to = hardlink, g.own[last].path
			}
		case 2:
			t.kind = sparse
		case 3:
			if g.IntN(4) == 0 {
				t.kind = pipe
			}
		}
		g.own = append(g.own, t)
	}
}

func (g *things) size() int {
	switch g.IntN(30) {
	case 0:
		return 0
	case 1:
		return 1 << 20
	case 2:
		return 1<<21 + g.IntN(1<<20)
	default:
		return g.IntN(1 << g.IntN(17))
	}
}

// leave makes the noise of one program.
func (g *things) leave(program string, paths ...string) {
	for _, p := range paths {
		if g.free(p) {
			g.noise = append(g.noise, thing{path: p, size: g.IntN(300), program: program})
		}
	}
}

// addNoise lets some programs have run.
func (g *things) addNoise() {
	home := g.pick("/root", "/home/jovyan", "/home/ada")
	project := g.pick("/work", "/app", home+"/project", "/usr/src/app", home)
	programs := []func(home, project string){
		g.pip, g.pip, g.venv, g.apt, g.apt, g.apk, g.npm, g.conda, g.python, g.python,
		g.jupyter, g.caches, g.languages, g.edited, g.edited, g.servers, g.servers, g.r,
	}
	for range 3 + g.IntN(3) {
		programs[g.IntN(len(programs))](home, project)
	}
	g.servers(home, project) // no container without one
}

func (g *things) pip(home, _ string) {
	prefix := g.pick("/usr/local", "/usr/local", home+"/.local")
	for range 1 + g.IntN(3) {
		name, libs := g.pick("numpy", "pandas", "torch", "requests", "scikit_learn", "polars", "xarray"),
			prefix+"/lib/python3."+fmt.Sprint(9+g.IntN(5))+"/site-packages"
		for range 20 + g.IntN(40) {
			sub := path.Join(libs, name, g.pick("", "core", "tests", "io/parsers"))
			m := g.word()
			g.leave("pip", sub+"/"+m+".py", sub+"/__pycache__/"+m+".cpython-312.pyc", sub+"/"+m+".so")
		}
		info := libs + "/" + name + "-1." + fmt.Sprint(g.IntN(30)) + ".dist-info"
		g.leave("pip", info+"/METADATA", info+"/RECORD", info+"/INSTALLER", info+"/WHEEL", info+"/entry_points.txt",
			info+"/licenses/LICENSE")
		if g.IntN(3) == 0 {
			g.leave("pip", prefix+"/bin/"+name) // nothing tells it from a script of one's own: it is the 1 %
		}
	}
	for range 10 {
		a := g.hex(10)
		g.leave("pip", home+"/.cache/pip/http-v2/"+a[:1]+"/"+a[1:2]+"/"+a+".body",
			home+"/.cache/pip/wheels/"+a[:2]+"/"+a+"/x.whl")
	}
	g.leave("pip", home+"/.cache/pip/selfcheck/"+g.hex(20)+".json", "/tmp/pip-unpack-"+g.hex(8)+"/x.whl",
		"/tmp/pip-ephem-wheel-cache-"+g.hex(8)+"/y")
}

func (g *things) venv(_, project string) {
	v := path.Join(project, g.pick("venv", ".venv", "env"))
	for _, f := range []string{
		"activate", "activate.csh", "activate.fish", "Activate.ps1", "pip", "pip3", "pip3.12",
		"python", "python3", "python3.12",
	} {
		g.leave("venv", v+"/bin/"+f)
	}
	g.leave("venv", v+"/pyvenv.cfg")
	for range 120 + g.IntN(100) {
		d, m := v+"/lib/python3.12/site-packages/"+g.pick("pip/_internal", "pip/_vendor/rich", "setuptools", "numpy/core"),
			g.word()+g.hex(2)
		g.leave("venv", d+"/"+m+".py", d+"/__pycache__/"+m+".cpython-312.pyc")
	}
}

func (g *things) apt(home, _ string) {
	g.leave("apt", "/var/lib/apt/lists/deb.debian.org_debian_dists_bookworm_InRelease", "/var/lib/apt/lists/lock",
		"/var/lib/apt/extended_states", "/var/cache/apt/pkgcache.bin", "/var/cache/apt/srcpkgcache.bin",
		"/var/cache/apt/archives/lock", "/var/lib/dpkg/status", "/var/lib/dpkg/status-old", "/var/lib/dpkg/lock-frontend",
		"/var/lib/dpkg/triggers/Unincorp", "/var/log/dpkg.log", "/var/log/apt/history.log", "/var/log/apt/term.log",
		"/var/log/apt/eipp.log.xz", "/var/log/alternatives.log", "/var/cache/debconf/config.dat",
		"/var/cache/debconf/templates.dat-old", "/etc/ld.so.cache", "/var/cache/ldconfig/aux-cache",
		"/var/cache/man/index.db", "/var/lib/systemd/deb-systemd-helper-enabled/x.service.dsh-also",
		"/var/lib/ucf/hashfile", "/var/lib/update-rc.d/x", "/etc/alternatives/editor", "/var/lib/pam/seen", "/etc/.pwd.lock",
		"/etc/passwd-", "/etc/shadow-", "/etc/group-", "/etc/ca-certificates.conf", "/etc/ssl/certs/ca-certificates.crt")
	// settings of the whole system: a file may be a person's there
	g.leave("apt", g.pick("/etc/vim/vimrc", "/etc/wgetrc", "/etc/default/cron", "/etc/bash_completion.d/git-prompt",
		"/etc/java-17-openjdk/security/java.policy"))
	for range 1 + g.IntN(3) {
		name := g.pick("vim-runtime", "git", "r-base-core", "build-essential", "ffmpeg", "openjdk-17-jre", "nodejs",
			"texlive-base", "postgresql-15", "graphviz")
		g.leave("apt", "/var/lib/dpkg/info/"+name+".list", "/var/lib/dpkg/info/"+name+".md5sums",
			"/var/lib/dpkg/info/"+name+".postinst", "/usr/share/doc/"+name+"/copyright",
			"/usr/share/doc/"+name+"/changelog.Debian.gz", "/usr/share/lintian/overrides/"+name)
		g.leave("apt", "/usr/bin/"+name, "/usr/share/man/man1/"+name+".1.gz", "/usr/share/bash-completion/completions/"+name,
			"/usr/share/applications/"+name+".desktop", "/usr/share/pixmaps/"+name+".xpm")
		for range 60 + g.IntN(100) {
			w := g.word() + g.hex(3)
			// As these packages have it; vim's runtime alone are 1,900 files.
			g.leave("apt", g.pick("/usr/lib/x86_64-linux-gnu/lib"+w+".so.1", "/usr/share/perl5/Git/"+w+".pm",
				"/usr/share/vim/vim90/syntax/"+w+".vim", "/usr/share/vim/vim90/doc/"+w+".txt",
				"/usr/share/locale/de/LC_MESSAGES/"+w+".mo",
				"/usr/share/doc/"+name+"/examples/"+w, "/usr/lib/gcc/x86_64-linux-gnu/12/"+w+".h", "/usr/include/"+w+".h",
				"/usr/share/texlive/texmf-dist/tex/latex/"+w+".sty", "/usr/share/R/share/"+w, "/usr/share/fonts/truetype/"+w+".ttf",
				"/usr/share/X11/locale/"+w+"/Compose", "/usr/share/git-core/templates/hooks/"+w, "/usr/share/nodejs/"+w+"/index.js",
				"/usr/share/postgresql/15/extension/"+w+".sql", "/usr/share/icons/hicolor/16x16/"+w+".png",
				"/usr/lib/python3/dist-packages/"+w+".py", "/usr/share/ca-certificates/mozilla/"+w+".crt",
				"/usr/share/zoneinfo/Europe/"+w, "/usr/share/i18n/charmaps/"+w+".gz", "/usr/share/java/"+w+".jar",
				"/usr/share/glib-2.0/schemas/"+w+".xml",
				"/var/lib/apt/lists/deb.debian.org_"+w+"_Packages.lz4", "/var/cache/apt/archives/"+w+"_1.2-3_amd64.deb",
				"/etc/ssl/certs/"+g.hex(8)+".0"))
		}
	}
	g.leave("apt", home+"/.wget-hsts")
}

func (g *things) apk(string, string) {
	g.leave("apk", "/lib/apk/db/installed", "/lib/apk/db/scripts.tar", "/lib/apk/db/triggers", "/lib/apk/db/lock",
		"/etc/apk/world", "/var/cache/apk/APKINDEX."+g.hex(8)+".tar.gz", "/lib/libcrypto.so.3", "/sbin/ldconfig")
	for range 40 {
		g.leave("apk", g.pick("/usr/lib/lib", "/usr/bin/", "/usr/libexec/", "/usr/share/man/man1/", "/usr/share/licenses/")+
			g.word()+g.hex(3))
	}
}

func (g *things) npm(home, project string) {
	for range 100 + g.IntN(150) {
		g.leave("npm", path.Join(project, "node_modules", g.pick("lodash", "@babel/core", "react", ".bin",
			".cache/babel-loader"), g.pick("", "lib", "dist/cjs"), g.word()+g.hex(2)+".js"))
	}
	for range 30 {
		h := g.hex(60)
		g.leave("npm", home+"/.npm/_cacache/content-v2/sha512/"+h[:2]+"/"+h[2:4]+"/"+h,
			home+"/.local/share/pnpm/store/v3/files/"+h[:2]+"/"+h[4:],
			"/usr/local/share/.cache/yarn/v6/npm-x-"+h[:40]+"/package.json", home+"/.yarn/berry/cache/"+h[:20]+".zip")
	}
	g.leave("npm", home+"/.npm/_logs/2024-01-01T00_00_00_000Z-debug-0.log", home+"/.npm/_update-notifier-last-checked",
		home+"/.node_repl_history", path.Join(project, "node_modules/.package-lock.json"),
		"/usr/local/lib/node_modules/typescript/bin/tsc",
		home+"/.config/configstore/update-notifier-npm.json", path.Join(project, ".next/cache/webpack/client/0.pack"))
}

func (g *things) conda(home, _ string) {
	prefix := g.pick("/opt/conda", "/opt/conda", home+"/miniconda3", "/root/anaconda3", home+"/.conda/envs/tf",
		"/opt/miniforge3", home+"/micromamba/envs/r")
	for range 80 + g.IntN(100) {
		w := g.word() + g.hex(3)
		g.leave("conda", prefix+g.pick("/lib/"+w+".so", "/bin/"+w, "/pkgs/"+w+"-1.0-py_0/info/index.json",
			"/pkgs/"+w+"-1.0.conda", "/lib/python3.11/site-packages/"+w+".py", "/include/"+w+".h", "/share/"+w+"/x",
			"/lib/python3.11/"+w+".py", "/conda-meta/"+w+"-1.0-py_0.json"))
	}
	g.leave("conda", prefix+"/conda-meta/history", home+"/.conda/environments.txt",
		home+"/.cache/conda/notices/notices.cache", "/tmp/tmp"+g.hex(8)+"/x")
}

func (g *things) python(home, project string) {
	for range 20 {
		m := g.word() + g.hex(2)
		g.leave("python", path.Join(project, g.pick("src", "tests", "."), "__pycache__", m+".cpython-312.pyc"),
			path.Join(project, ".mypy_cache/3.12", m+".data.json"), path.Join(project, ".pytest_cache/v/cache", m),
			path.Join(project, ".ruff_cache/0.4.1", g.hex(16)),
			path.Join(project, ".ipynb_checkpoints", m+"-checkpoint.ipynb"),
			path.Join(project, ".tox/py312/lib/python3.12/site-packages", m+".py"),
			path.Join(project, ".hypothesis/unicode_data/15.0.0", m))
	}
	g.leave("python", home+"/.python_history", home+"/.cache/matplotlib/fontlist-v330.json",
		home+"/.config/matplotlib/fontList.cache", "/tmp/matplotlib-"+g.hex(8)+"/x", path.Join(project, "module.pyo"))
}

func (g *things) jupyter(home, project string) {
	g.leave("jupyter", home+"/.local/share/jupyter/runtime/jpserver-7.json",
		home+"/.local/share/jupyter/runtime/kernel-"+g.hex(12)+".json",
		home+"/.local/share/jupyter/runtime/jupyter_cookie_secret", home+"/.local/share/jupyter/nbsignatures.db",
		home+"/.local/share/jupyter/notebook_secret",
		home+"/.ipython/profile_default/history.sqlite", home+"/.ipython/profile_default/history.sqlite-journal",
		home+"/.ipython/profile_default/db/dhist", home+"/.ipython/profile_default/security/x.json",
		home+"/.ipython/profile_default/pid/7.pid",
		home+"/.jupyter/lab/workspaces/default-37a8.jupyterlab-workspace", home+"/.jupyter/migrated",
		home+"/.virtual_documents/x.py")
	for range 10 {
		g.leave("jupyter", path.Join(project, ".ipynb_checkpoints", g.word()+"-checkpoint.ipynb"),
			"/tmp/ipykernel_"+fmt.Sprint(g.IntN(999))+"/"+g.hex(8)+".py")
	}
}

func (g *things) caches(home, _ string) {
	for range 40 {
		h := g.hex(40)
		g.leave("caches", home+"/.cache/huggingface/hub/models--bert/blobs/"+h,
			home+"/.cache/torch/hub/checkpoints/"+h+".pth", home+"/.cache/fontconfig/"+h+".cache-7",
			home+"/.nv/ComputeCache/"+h[:1]+"/"+h, home+"/.cache/uv/archive-v0/"+h, "/var/cache/fontconfig/"+h, "/var/tmp/"+h)
	}
}

// languages are those that keep what they fetch in a home.
func (g *things) languages(home, _ string) {
	for range 60 {
		w := g.word() + g.hex(3)
		g.leave("languages", g.pick(home+"/go/pkg/mod/cache/download/"+w+".zip",
			home+"/.cargo/registry/src/index.crates.io-6f17d22bba15001f/"+w+"/lib.rs", home+"/.m2/repository/org/x/"+w+".jar",
			home+"/.gradle/caches/modules-2/"+w+".bin",
			home+"/.julia/packages/"+w+"/src/x.jl", home+"/.julia/compiled/v1.10/"+w+".ji",
			home+"/.rustup/toolchains/stable/lib/"+w+".so", home+"/.vscode-server/bin/"+g.hex(40)+"/node",
			home+"/.vscode-server/extensions/"+w+"/package.json",
			home+"/.nuget/packages/"+w+"/x.dll", home+"/.composer/cache/files/"+w+".zip", "/go/pkg/mod/github.com/x/"+w+"/x.go",
			"/usr/local/cargo/registry/cache/"+w+".crate", home+"/.cache/go-build/"+w))
	}
	g.leave("languages", home+"/.julia/logs/repl_history.jl", home+"/.vscode-server/.cli."+g.hex(10)+".log")
}

// edited leaves what shells and editors do beside a person's files.
func (g *things) edited(home, project string) {
	w := g.word()
	some := []string{
		home + "/.bash_history", home + "/.viminfo", home + "/.lesshst", home + "/.zsh_history", home + "/.zcompdump",
		home + "/.local/share/fish/fish_history", home + "/.psql_history", home + "/.sqlite_history",
		home + "/.mysql_history", home + "/.rediscli_history",
		path.Join(project, "."+w+".ipynb.swp"), path.Join(project, "."+w+".py.swo"), path.Join(project, "."+w+".txt.un~"),
		path.Join(project, "#"+w+".md#"), path.Join(project, ".~lock."+w+".odt#"), path.Join(project, ".DS_Store"),
		path.Join(project, ".nfs"+g.hex(24)),
		home + "/.local/state/nvim/shada/main.shada", home + "/.local/state/nvim/swap/%work%" + w + ".swp",
		home + "/.local/share/nano/search_history", home + "/.local/state/lesshst",
		home + "/.emacs.d/auto-save-list/.saves-7-x~", home + "/.Xauthority", home + "/.ICEauthority",
		home + "/.sudo_as_admin_successful", home + "/.local/share/Trash/files/" + w,
		home + "/.local/share/recently-used.xbel", path.Join(project, "."+w+".kate-swp"), home + "/.vim/.netrwhist",
		home + "/.rstudio-desktop/x", path.Join(project, ".goutputstream-"+strings.ToUpper(g.hex(6))),
	}
	g.Shuffle(len(some), func(i, j int) { some[i], some[j] = some[j], some[i] })
	g.leave("editors", some[:4+g.IntN(6)]...)
}

func (g *things) servers(home, project string) {
	g.leave("servers", "/run/nginx.pid", "/run/lock/apache2/x", "/run/postgresql/.s.PGSQL.5432.lock",
		"/var/log/nginx/access.log", "/var/log/nginx/error.log", "/var/log/lastlog", "/var/log/wtmp",
		"/var/log/journal/"+g.hex(32)+"/system.journal", "/var/lib/logrotate/status",
		"/var/lib/nginx/body/0000000001", "/var/cache/nginx/proxy/"+g.hex(32), path.Join(project, "tmp/pids/server.pid"),
		"/tmp/tmp"+g.hex(8), "/var/tmp/x"+g.hex(4), "/run/utmp", "/var/lib/systemd/random-seed", home+"/.pm2/logs/out.log",
		"/var/lib/php/sessions/sess_"+g.hex(26), home+"/.dbus/session-bus/"+g.hex(32)+"-0")
	for range 30 + g.IntN(40) {
		g.leave("servers", g.pick("/var/log/", "/tmp/", "/run/", "/tmp/cache/", "/var/log/app/", "/var/cache/app/")+g.word()+
			g.hex(3)+g.pick("", ".log", ".log.1.gz"))
	}
}

func (g *things) r(home, project string) {
	for range 50 {
		g.leave("R", g.pick("/usr/local/lib/R/site-library/dplyr/", "/usr/lib/R/library/stats/",
			home+"/R/x86_64-pc-linux-gnu-library/4.3/ggplot2/", home+"/R/x86_64-pc-linux-gnu-library/4.3/sf/")+
			g.pick("R", "help", "libs", "Meta")+"/"+g.word()+g.hex(2)+".rds")
	}
	g.leave("R", home+"/.Rhistory", "/tmp/Rtmp"+g.hex(6)+"/x", path.Join(project,
		".Rproj.user/"+g.hex(8)+"/sources/per/t/"+g.hex(8)), home+"/.local/share/rstudio/sessions/active/session-"+g.hex(8)+
		"/properites/x", "/var/lib/rstudio-server/rstudio.sqlite")
}
