package runspec

import (
	"path"
	"regexp"
	"strings"
)

// form is what the value of an option holds.
type form int

const (
	nothing  form = iota
	whole         // a secret
	userPass      // USER:PASSWORD
	userPart      // USER%PASSWORD or USER,PASSWORD
	cookies       // a cookie, or a file of them
)

// program are the options of a program that take secrets, which their names do not say: the value in the next word, and
// in the same word right behind the option.
type program struct{ apart, attached map[string]form }

func options(list string, f form) map[string]form {
	m := map[string]form{}
	for o := range set(list) {
		m[o] = f
	}
	return m
}

var (
	mysqlLike = program{nil, options("-p", whole)} // -p alone asks; what follows is a database
	shortP    = program{options("-p", whole), options("-p", whole)}
	capitalP  = program{options("-P", whole), options("-P", whole)}
	shortA    = program{options("-a", whole), nil}
	shortW    = program{options("-w", whole), options("-w", whole)}
	httpUser  = program{options("-u --user -U --proxy-user", userPass), options("-u -U", userPass)}
	userOnly  = program{options("--user", userPass), nil}
	samba     = program{options("-U --user", userPart), options("-U", userPart)}
)

// programs are the programs with such options, by the names of their files.
var programs = byName(map[string]program{
	"mysql mysqldump mysqladmin mysqlimport mysqlshow mysqlcheck mysqlpump mysqlslap mariadb mariadb-dump mariadb-admin mariadb-check mariadb-import mariadb-show mariadb-backup mariabackup xtrabackup 7z 7za 7zr unrar rar": mysqlLike,
	"redis-cli valkey-cli keydb-cli": shortA,
	"http https xh":                  {options("-a", userPass), nil},
	"sshpass mycli mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop login rabbitmqadmin arangosh cypher-shell": shortP,
	"sqlcmd bcp osql tsql zip unzip mosquitto_pub mosquitto_sub mosquitto_rr":                                                                 capitalP,
	"ldapsearch ldapadd ldapmodify ldapdelete ldapwhoami ldappasswd ldapcompare":                                                              shortW,
	"smbclient net rpcclient": samba,
	"lftp":                    {options("-u", userPart), nil},
	"etcdctl influx":          userOnly,
	"cqlsh":                   shortP,
})

func byName(groups map[string]program) map[string]program {
	m := map[string]program{"curl": httpUser}
	for names, p := range groups {
		for name := range set(names) {
			m[name] = p
		}
	}
	m["curl"].apart["-b"], m["curl"].apart["--cookie"] = cookies, cookies
	return m
}

// behind are words, not options, that secrets stand behind: so many that are none, then so many that are.
var behind = map[string]struct{ skip, secret int }{
	"requirepass": {0, 1}, "masterauth": {0, 1}, "authtoken": {0, 1}, "add-authtoken": {0, 1}, "AUTH": {0, 2},
	"add_user": {1, 1}, "change_password": {1, 1}, "authenticate_user": {1, 1}, "unseal": {0, 1},
	"secret_access_key": {0, 1}, "private-key": {0, 1}, "preshared-key": {0, 1}, "reset-admin-password": {0, 1},
}

// hider hides the secrets of a command, word by word.
type hider struct {
	program      program
	name         string // the program's
	next         form   // what the word that comes is
	option       string // whose value it is
	skip, secret int    // words until secrets come, and how many
	last         string
	// shell tells that the words are a shell's, in which $NAME stands for something else.
	shell bool
}

// option matches an option with a value of its own, for example --NotebookApp.token=abc.
var option = regexp.MustCompile(`(?s)^(--?[A-Za-z][\w.-]*)(?:=(.*))?$`)

// assignment matches NAME=value.
var assignment = regexp.MustCompile(`(?s)^([A-Za-z_][\w.-]*)=(.*)$`)

// aFlag matches what stands behind an option and is the next option, not its value.
var aFlag = regexp.MustCompile(`^--[A-Za-z][A-Za-z._-]*(=|$)`)

// asks matches options that have names of secrets and take none.
var asks = regexp.MustCompile(`^--?(no|ask|prompt|without)[_-]`)

// word is the next word of the command without its secrets.
func (h *hider) word(w string) string {
	if len(w) > maxInspected {
		return Hidden
	}
	defer func() { h.last = w }()
	next, name := h.next, h.option
	h.next, h.option = nothing, ""
	if next != nothing && w != "" && !aFlag.MatchString(w) {
		return h.value(next, name, w)
	}
	switch {
	case h.skip > 0 && !strings.HasPrefix(w, "-"):
		h.skip--
	case h.secret > 0 && !strings.HasPrefix(w, "--"):
		h.secret--
		return h.value(whole, "", w)
	default:
		h.skip, h.secret = 0, 0
	}
	return h.other(w)
}

// other is a word that is not the value of what was before.
func (h *hider) other(w string) string {
	h.begins(w)
	if shown, ok := h.attached(w); ok {
		return shown
	}
	m := option.FindStringSubmatch(w)
	if m == nil || h.line() {
		if a := assignment.FindStringSubmatch(w); a != nil && !h.line() && !compared.MatchString(a[2]) {
			return h.named(a[1], a[2])
		}
		return h.text(w)
	}
	if strings.Contains(w, "=") {
		if f, ok := h.program.apart[m[1]]; ok && f != nothing {
			return m[1] + "=" + h.value(f, m[1], m[2])
		}
		if m[1] == "--user" {
			return m[1] + "=" + h.value(userPass, m[1], m[2])
		}
		return h.named(m[1], m[2])
	}
	if f, ok := h.program.apart[w]; ok {
		h.next, h.option = f, w
	} else if name := strings.TrimLeft(w, "-"); len(name) > 1 && LooksSecret(name) && !asks.MatchString(w) {
		h.next, h.option = whole, w
	} else if w == "--user" {
		h.next, h.option = userPass, w
	}
	return w
}

// named matches options whose values are names, perhaps those of programs.
var named = regexp.MustCompile(`^(?:--(?:name|hostname|network|network-alias|user)|-[hu])$`)

// begins notes which program's words these are, and whether secrets come.
func (h *hider) begins(w string) {
	name := path.Base(w)
	if p, ok := programs[name]; ok && !named.MatchString(h.last) {
		h.program, h.name = p, name
	}
	if skip, secret, ok := h.ahead(w); ok {
		h.skip, h.secret = skip, secret
	}
	if name == "htpasswd" || name == "mosquitto_passwd" {
		h.name = name
		return
	}
	if h.name != "htpasswd" && h.name != "mosquitto_passwd" {
		return
	}
	if strings.HasPrefix(w, "-") && strings.Contains(w, "b") { // in batch mode: FILE USER PASSWORD, with n no file
		h.skip, h.secret = 2, 1
		if strings.Contains(w, "n") {
			h.skip = 1
		}
	}
}

// ahead tells how many words come until there are secrets, and how many those are.
func (h *hider) ahead(w string) (skip, secret int, ok bool) {
	if b, ok := behind[w]; ok {
		return b.skip, b.secret, true
	}
	switch {
	case w == "set" && h.last == "alias", w == "add" && h.last == "host": // MinIO's client
		return 2, 2, true
	case (h.last == "set" || h.last == "config") && LooksSecret(w):
		return 0, 1, true
	case w == "login" && h.last == "vault", w == "password" && strings.HasSuffix(h.name, "admin"),
		w == "auth" && strings.HasSuffix(h.name, "-cli"):
		return 0, 1, true
	}
	return 0, 0, false
}

// curlUser matches the user's option of curl behind others, as in -fsSLu.
var curlUser = regexp.MustCompile(`^(-[sSfkLvigIjlnNOqRJ#0-9]+[uU])(.*)$`)

// attached is a word that begins with an option and ends in its value, as -pX of mysql.
func (h *hider) attached(w string) (string, bool) {
	if len(w) < 3 || w[0] != '-' || w[1] == '-' {
		return w, false
	}
	if m := curlUser.FindStringSubmatch(w); m != nil && h.name == "curl" {
		if m[2] == "" {
			h.next, h.option = userPass, w
			return w, true
		}
		return m[1] + h.value(userPass, w, m[2]), true
	}
	f, ok := h.program.attached[w[:2]]
	if !ok || option.MatchString(w) && strings.Contains(w, "=") && LooksSecret(strings.SplitN(w[1:], "=", 2)[0]) {
		return w, false
	}
	return w[:2] + h.value(f, w[:2], w[2:]), true
}

// named is an option or a variable and its value.
func (h *hider) named(name, value string) string {
	if LooksSecret(strings.TrimLeft(name, "-")) {
		return name + "=" + h.value(whole, name, value)
	}
	return name + "=" + h.text(value)
}

// passFrom matches where openssl's -passin and -passout take a password from.
var passFrom = regexp.MustCompile(`^(?:file:|env:|fd:|stdin$)`)

// value is the value of an option without its secret.
func (h *hider) value(f form, name, w string) string {
	if h.given(w) || f == whole && name != "" && plainValue(w) {
		return w
	}
	switch f {
	case userPass:
		return h.userPass(w)
	case userPart:
		if i := strings.IndexAny(w, "%,"); i >= 0 {
			return w[:i+1] + Hidden
		}
		return w
	case cookies:
		if !strings.Contains(w, "=") {
			return w
		}
	}
	for _, kind := range []string{"pass:", "Bearer ", "Basic "} {
		if strings.HasPrefix(w, kind) {
			return kind + Hidden
		}
	}
	if strings.HasPrefix(name, "-pass") && passFrom.MatchString(w) {
		return w
	}
	return Hidden
}

// userPass is USER:PASSWORD, or a token in the place of a user, without the secret.
func (h *hider) userPass(w string) string {
	user, password, ok := strings.Cut(w, ":")
	token := tokenUser("https", user)
	switch {
	case ok && h.name == "" && (user == password || digits(password)), // of docker: a user and a group
		h.given(password) && (h.given(user) || !token):
		return h.text(w)
	case ok && password == "", !ok && token:
		return Hidden + w[len(user):]
	case ok:
		return user + ":" + Hidden
	}
	return h.text(w)
}

// text is a word that may hold secrets by its value.
func (h *hider) text(w string) string {
	if h.shell {
		return hideText(w, true)
	}
	return hideWord(w, h.line())
}

// aLine matches the options that lines of a shell stand behind.
var aLine = regexp.MustCompile(`^(?:-[a-z]{0,6}c[a-z]{0,3}|CMD-SHELL)$`)

// line tells that the word that comes is a line of a shell.
func (h *hider) line() bool { return !h.shell && aLine.MatchString(h.last) }

// given tells that a value is none by itself: empty, or something that a shell puts in.
func (h *hider) given(w string) bool { return givenValue(w, h.shell) }

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
