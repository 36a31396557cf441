package rescue

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// noiseDirs are folders whose content nobody made by hand: runtime state, logs, caches and installed software. Kept
// small on purpose: a file that is wrongly called a person's own costs a glance, the other way round it costs work.
var noiseDirs = []string{
	"/tmp", "/var/tmp", "/run", "/var/run", "/var/log", "/var/cache", "/var/lock", "/proc", "/sys", "/dev",
	"/var/lib/apt", "/var/lib/dpkg", "/var/lib/rpm", "/var/lib/dnf", "/lib/apk", "/etc/apk", "/etc/ld.so.cache",
	"/etc/alternatives", "/etc/ssl/certs",
	"/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/include", "/bin", "/sbin",
	"/lib", "/lib64",
	"/usr/share/doc", "/usr/share/man", "/usr/share/locale", "/usr/share/icons", "/usr/share/info", "/usr/share/mime",
	"/usr/share/fonts", "/usr/share/applications",
	"/usr/share/zoneinfo", "/usr/share/bash-completion", "/usr/share/perl", "/usr/share/python3", "/usr/share/lintian",
	"/usr/share/bug", "/usr/share/misc", "/usr/share/pixmaps",
	// What else Debian's packages bring most files in: a web server's pages, for one, are there too.
	"/usr/share/vim", "/usr/share/perl5", "/usr/share/i18n", "/usr/share/X11", "/usr/share/postgresql",
	"/usr/share/postgresql-common", "/usr/share/alsa", "/usr/share/maven-repo", "/usr/share/java",
	"/usr/share/tcltk", "/usr/share/ghostscript", "/usr/share/poppler", "/usr/share/groff", "/usr/share/themes",
	"/usr/share/fontconfig", "/usr/share/gdb", "/usr/share/gcc", "/usr/share/pkgconfig",
	"/usr/share/aclocal", "/usr/share/glib-2.0", "/usr/share/gettext", "/usr/share/gnupg", "/usr/share/dbus-1",
	"/usr/share/javascript", "/usr/share/nodejs", "/usr/share/zsh", "/usr/share/fish",
	"/usr/share/git-core", "/usr/share/xml", "/usr/share/sgml", "/usr/share/doc-base", "/usr/share/common-licenses",
	"/usr/share/licenses", "/usr/share/iso-codes", "/usr/share/dpkg", "/usr/share/debconf",
	"/usr/share/polkit-1", "/usr/share/keyrings", "/usr/share/pam-configs", "/usr/share/ca-certificates",
	"/usr/share/texlive", "/usr/share/texmf", "/usr/share/R", "/usr/share/terminfo", "/usr/share/gtk-doc",
	"/var/lib/systemd", "/var/lib/ucf", "/var/lib/update-rc.d", "/var/lib/pam", "/var/lib/logrotate",
	"/var/lib/ghostscript", "/var/lib/php/sessions", "/var/lib/nginx/body", "/var/lib/nginx/proxy",
	"/var/lib/nginx/fastcgi",
	"/opt/conda", "/opt/venv", "/usr/local/share/jupyter", "/usr/local/lib/R", "/usr/local/cargo/registry",
	"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab", "/.dockerenv", "/etc/.pwd.lock", "/etc/passwd-",
	"/etc/group-", "/etc/shadow-", "/etc/gshadow-", "/etc/ca-certificates.conf",
}

// noiseParts are names of folders that are caches or runtime state wherever they are.
var noiseParts = map[string]bool{
	".cache": true, ".ipython": true, ".jupyter": true, ".npm": true, ".conda": true, ".mamba": true, ".nv": true,
	".dbus": true, ".pki": true,
	"__pycache__": true, ".ipynb_checkpoints": true, ".pytest_cache": true, ".mypy_cache": true, ".ruff_cache": true,
	"site-packages": true, "dist-packages": true, "node_modules": true, ".Trash": true,
	".tox": true, ".nox": true, ".hypothesis": true, ".Rproj.user": true, ".virtual_documents": true, ".rustup": true,
}

// noisePaths are runs of folders that are noise wherever they are, for example in a home.
var noisePaths = []string{
	"/.local/share/jupyter/", "/.local/lib/", "/.local/share/Trash/", "/.config/matplotlib/", "/.local/share/pnpm/",
	"/.local/share/nano/", "/.local/share/rstudio/sessions/", "/.local/state/nvim/", "/.config/configstore/",
	"/.yarn/berry/", "/.next/cache/", "/go/pkg/mod/", "/.cargo/registry/", "/.cargo/git/", "/.m2/repository/",
	"/.gradle/caches/", "/.gradle/daemon/", "/.gradle/wrapper/", "/.nuget/packages/", "/.composer/cache/",
	"/.julia/packages/", "/.julia/compiled/", "/.julia/artifacts/", "/.julia/registries/", "/.julia/logs/",
	"/.vscode-server/bin/", "/.vscode-server/cli/", "/.vscode-server/extensions/", "/.pm2/logs/",
}

// noiseShapes are what software installed into a home looks like: conda, wherever it was put, and R's libraries.
var noiseShapes = []*regexp.Regexp{
	regexp.MustCompile(`/(?:miniconda|anaconda|miniforge|mambaforge|micromamba)\d?/(?:envs/[^/]+/)?(?:bin|condabin|sbin|lib|libexec|include|share|etc|ssl|man|shell|pkgs|conda-meta|compiler_compat|[^/]+-conda-linux-gnu)/`),
	regexp.MustCompile(`/R/[^/]+-library/\d+\.\d+/`),
}

// ownShapes are files that people write where otherwise only programs do.
var ownShapes = []*regexp.Regexp{
	regexp.MustCompile(`/\.ipython/[^/]+/startup/.+\.i?py$`),
	regexp.MustCompile(`/\.(?:ipython|jupyter)/(?:.+/)?\w+_config\.(?:py|json)$`),
	regexp.MustCompile(`/\.jupyter/custom/`),
	regexp.MustCompile(`/\.config/matplotlib/(?:matplotlibrc$|stylelib/)`),
	regexp.MustCompile(`^/usr/lib/cgi-bin/`), // the web server's, on Debian
	regexp.MustCompile(`^/etc/ssl/certs/.+\.(?:crt|key)$`),
}

// noiseFiles and noiseEndings are names of files that programs leave behind.
var (
	noiseFiles = map[string]bool{
		".bash_history": true, ".zsh_history": true, ".sh_history": true, ".ash_history": true, "fish_history": true,
		".python_history": true, ".Rhistory": true, ".node_repl_history": true, ".irb_history": true,
		".psql_history": true, ".mysql_history": true, ".sqlite_history": true, ".rediscli_history": true, ".viminfo": true,
		".netrwhist": true, ".lesshst": true, "lesshst": true, ".wget-hsts": true,
		".sudo_as_admin_successful": true, ".Xauthority": true, ".ICEauthority": true, ".DS_Store": true,
		"recently-used.xbel": true, "ca-certificates.crt": true,
	}
	noiseEndings = []string{".pyc", ".pyo", ".pid", ".sock"}
	// noiseNames are the swap and undo files of vim and kate, the locks of LibreOffice, what NFS and GTK have not
	// renamed yet, and what zsh has compiled.
	noiseNames = regexp.MustCompile(`^\.(?:.+\.(?:sw[a-p]|un~|kate-swp)|~lock\..+#|nfs[0-9a-f]{16,}|goutputstream-[0-9A-Z]{6}|zcompdump.*)$`)
)

// IsNoise tells whether a changed path in a container is a cache, a log, runtime state or installed software rather
// than a person's own file. It is pure and looks only at the path.
func IsNoise(p string) bool {
	p = path.Clean("/" + p)
	base := path.Base(p)
	if noiseFiles[base] {
		return true
	}
	if at := strings.Index(p, "/.git/"); at >= 0 {
		p = p[:at+len("/.git")] // what git keeps is a person's, whatever it is called
	} else if noiseNames.MatchString(base) {
		return true
	}
	if slices.ContainsFunc(ownShapes, func(re *regexp.Regexp) bool { return re.MatchString(p) }) {
		return false
	}
	for _, d := range noiseDirs {
		if p == d || strings.HasPrefix(p, d+"/") {
			return true
		}
	}
	for _, part := range noisePaths {
		if strings.Contains(p+"/", part) {
			return true
		}
	}
	for _, part := range strings.Split(p, "/") {
		if noiseParts[part] {
			return true
		}
	}
	for _, end := range noiseEndings {
		if strings.HasSuffix(p, end) {
			return true
		}
	}
	return slices.ContainsFunc(noiseShapes, func(re *regexp.Regexp) bool { return re.MatchString(p) })
}

// venvFile is what Python puts into a virtual environment itself, beside its packages.
var venvFile = regexp.MustCompile(`^/(?:pyvenv\.cfg|lib64|bin/(?:activate(?:\.csh|\.fish|\.nu|_this\.py)?|Activate\.ps1|(?:python|pip)(?:\d(?:\.\d+)?)?))$`)

// inVenv tells whether a path is such a file of an environment: of a folder that has the file that makes it one.
func inVenv(p string, venvs map[string]bool) bool {
	for _, dir := range []string{path.Dir(p), path.Dir(path.Dir(p))} {
		if venvs[dir] && venvFile.MatchString(strings.TrimPrefix(p, dir)) {
			return true
		}
	}
	return false
}
