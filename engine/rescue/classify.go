package rescue

import (
	"path"
	"strings"
)

// noiseDirs are folders whose content nobody made by hand: runtime state, logs, caches and installed software. Kept
// small on purpose: a file that is wrongly called a person's own costs a glance, the other way round it costs work.
var noiseDirs = []string{
	"/tmp", "/var/tmp", "/run", "/var/run", "/var/log", "/var/cache", "/var/lock", "/proc", "/sys", "/dev",
	"/var/lib/apt", "/var/lib/dpkg", "/var/lib/rpm", "/var/lib/dnf", "/lib/apk", "/etc/apk", "/etc/ld.so.cache", "/etc/alternatives", "/etc/ssl/certs",
	"/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libexec", "/usr/include", "/bin", "/sbin", "/lib", "/lib64",
	"/usr/share/doc", "/usr/share/man", "/usr/share/locale", "/usr/share/icons", "/usr/share/info", "/usr/share/mime", "/usr/share/fonts", "/usr/share/applications",
	"/usr/share/zoneinfo", "/usr/share/bash-completion", "/usr/share/perl", "/usr/share/python3", "/usr/share/lintian", "/usr/share/bug", "/usr/share/misc", "/usr/share/pixmaps",
	"/opt/conda", "/opt/venv", "/usr/local/share/jupyter", "/usr/local/lib/R",
	"/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab", "/.dockerenv",
}

// noiseParts are names of folders that are caches or runtime state wherever they are.
var noiseParts = map[string]bool{
	".cache": true, ".ipython": true, ".jupyter": true, ".npm": true, ".conda": true, ".mamba": true, ".nv": true, ".dbus": true, ".pki": true,
	"__pycache__": true, ".ipynb_checkpoints": true, ".pytest_cache": true, ".mypy_cache": true, ".ruff_cache": true,
	"site-packages": true, "dist-packages": true, "node_modules": true, ".Trash": true,
}

// noisePaths are runs of folders that are noise wherever they are, for example in a home.
var noisePaths = []string{"/.local/share/jupyter/", "/.local/lib/", "/.local/bin/", "/.local/share/Trash/", "/.config/matplotlib/", "/.config/pip/"}

// noiseFiles and noiseEndings are names of files that programs leave behind.
var (
	noiseFiles   = map[string]bool{".bash_history": true, ".python_history": true, ".sh_history": true, ".ash_history": true, ".viminfo": true, ".lesshst": true, ".wget-hsts": true, ".sudo_as_admin_successful": true, ".Rhistory": true, ".node_repl_history": true}
	noiseEndings = []string{".pyc", ".pyo", ".pid", ".sock"}
)

// IsNoise tells whether a changed path in a container is a cache, a log, runtime state or installed software rather
// than a person's own file. It is pure and looks only at the path.
func IsNoise(p string) bool {
	p = path.Clean("/" + p)
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
	base := path.Base(p)
	if noiseFiles[base] {
		return true
	}
	for _, end := range noiseEndings {
		if strings.HasSuffix(base, end) {
			return true
		}
	}
	return false
}
