package runspec

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// set makes a set of the words of a text.
func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// Words of names. A name is taken apart where its words begin, as in DB_PASSWORD, db-password and dbPassword, so that
// TOKENIZER, MONKEY and AUTHOR are no secrets.
var (
	// secretWord says that a value is a secret, wherever it stands in a name.
	secretWord = set(`password passwords passwd passphrase passphrases passwort passcode pass pswd psw pw pwd secret
		secrets token pat credential credentials creds cred apikey dsn connstr connstring connectionstring
		connectionstrings webhook webhooks mnemonic pgpass bearer privkey htpasswd netrc dockerconfigjson dockercfg
		sessid sessionid phpsessid jsessionid masterauth passin passout kennwort senha contrasena contraseña motdepasse
		wachtwoord parola haslo heslo salasana losenord lösenord adgangskode пароль 密码 密碼 パスワード`)
	// lastWord says so only at the end: AUTH is a password, AUTH_METHOD is none.
	lastWord = set(`auth authorization jwt otp totp hotp salt pepper hmac signature cookie cookies sas passkey private`)
	// fused are words without a gap between them.
	fused = regexp.MustCompile(`password|passwd|passphrase|passwort|kennwort|^secret(key|id|accesskey|string|base)s?$|(secret|token|credential)s?$|pwd$|` +
		`^(api|access|secretaccess|private|secret|ssh|auth|signing|encryption|decryption|crypto?|master|account|license|client|deploy|session|storage|sharedaccess|app|fernet|hmac|aes|rsa|jwt|tls|ssl)keys?$|` +
		`^(root|admin|user|db|pg|my|mysql|sql|redis|mongo|ldap|bind|smtp|imap|mail|ftp|sftp|http|https|proxy|ssh|vnc|rdp|wifi|key|store|trust|require|ask)p(w|ass)$`)
	notFused = regexp.MustCompile(`^(nopass|max|min|num|total|oldpwd|passwordless|tokens)`)
	// encoding only says how a value is written, or which of several it is.
	encoding = set(`b64 base64 base64url pem hex json yaml raw der data content contents value string base enc
		encrypted plain plaintext text current previous old new prod production dev staging test live main default
		primary secondary first second ro rw`)
	// about says that the value is not the secret but something about it, as in PASSWORD_FILE.
	about = set(`file files path paths dir directory folder name names length len size ttl expiry expire expires
		expiration lifetime timeout age type types kind algorithm alg algo method methods mode policy provider providers
		enabled disabled enable disable required allowed url uri endpoint host port issuer audience header headers
		format prefix suffix count limit min max rotation interval version domain secure httponly samesite parallelism
		model scope scopes realm backend store manager class column field label alias hint regex pattern strength rounds
		iterations cost hasher validator validators encryption in seconds secs minutes hours days ms duration user
		username email login stdin arn through rate fd bucket helper source sock socket ref id fingerprint env`)
	// otherKey are keys that open nothing.
	otherKey = set(`public pub gpg pgp authorized foreign partition sort cache routing group row shard dict meta hot
		short shortcut arrow any enter modifier object unique lookup index idempotency site publishable verify
		verification verifying registry map sorting binding recv receive send list fetch`)
	// strongKey are keys whose names go on, as in API_KEY_STRIPE.
	strongKey = set(`api access private secret signing encryption ssh master account service`)
	// seeds are the words beside which SEED makes secrets and no random numbers.
	seeds = set(`otp totp hotp mfa 2fa wallet master crypto hd bip39 phrase key recovery private secret encryption
		signing`)
	// wires are the words beside which PIN is one of a plug.
	wires = set(`gpio led rx tx data reset clk cs sda scl irq dht relay button servo pwm`)
	// specials are the tokens of language models, which are text.
	specials = set(`pad eos bos unk sep cls mask max min image audio stop special`)

	harmlessName = set(`pwd oldpwd key keys primary_key db_primary_key pass_through seed host_pwd init_cwd`)
)

// splitName finds where words begin, as in apiKey and JWTSecret.
var splitName = [...]*regexp.Regexp{regexp.MustCompile(`([a-z0-9])([A-Z])`), regexp.MustCompile(`([A-Z])([A-Z][a-z])`)}

// maxName is what is looked at of a name; longer ones end in what they mean.
const maxName = 256

// nameWords are the words of a name in small letters, without the numbers that count several.
func nameWords(name string) []string {
	if len(name) > maxName {
		name = name[len(name)-maxName:]
	}
	for _, at := range splitName {
		name = at.ReplaceAllString(name, "${1}_${2}")
	}
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	for i, w := range words {
		if !encoding[w] && !seeds[w] {
			words[i] = strings.TrimRight(w, "0123456789")
		}
	}
	return slices.DeleteFunc(words, func(w string) bool { return w == "" || w == "v" })
}

// LooksSecret tells whether a variable's name says that its value is a secret.
func LooksSecret(name string) bool {
	words := nameWords(name)
	if harmlessName[strings.Join(words, "_")] {
		return false // PWD and OLDPWD are a shell's folders
	}
	if phrases(words) {
		return true
	}
	for len(words) > 1 && encoding[words[len(words)-1]] {
		words = words[:len(words)-1]
	}
	last := len(words) - 1
	if last < 0 || last > 0 && about[words[last]] {
		return false
	}
	for i, w := range words {
		switch {
		case w == "token" && i > 0 && specials[words[i-1]]:
		case secretWord[w], fused.MatchString(w) && !notFused.MatchString(w), i == last && lastWord[w]:
			return w != "tokens" || tokens(words)
		case keyAt(words, i):
			return true
		}
	}
	return tokens(words)
}

// keyAt tells whether the word at i is a key that opens something.
func keyAt(words []string, i int) bool {
	if i == 0 || words[i] != "key" && words[i] != "keys" {
		return false
	}
	before, last := words[i-1], len(words)-1
	return strongKey[before] && !otherKey[words[0]] || i == last && !otherKey[before]
}

// tokens tells several tokens that let somebody in from those that a language model counts.
func tokens(words []string) bool {
	return slices.Contains(words, "tokens") && (len(words) == 1 ||
		slices.ContainsFunc(words, func(w string) bool {
			return set(`api access auth refresh bot admin registration session bearer`)[w]
		}))
}

// codes are words that make a secret of those before them, as in RECOVERY_CODES.
var codes = set(`code codes phrase`)

// pairOf are words that say that a value is a secret by the word right behind them.
var pairOf = map[string]map[string]bool{
	"auth":       set(`config string data basic code codes info users phrase`),
	"connection": set(`string strings str`), "conn": set(`string strings str`),
	"webhook": set(`url uri urls endpoint`), "sas": set(`url uri urls endpoint`),
	"recovery": codes, "backup": codes, "access": codes, "activation": codes,
	"key": set(`pem`), "secret": set(`id`),
}

// phrases tells names that are secrets by words beside each other, or although the last word would say otherwise.
func phrases(words []string) bool {
	for i := range words {
		if phraseAt(words, i) {
			return !slices.Contains(words, "public")
		}
	}
	return false
}

// phraseAt tells whether the word at i makes such a phrase with those around it.
func phraseAt(words []string, i int) bool {
	w, next, beside := words[i], "", strings.Join(words[max(0, i-1):], " ")
	if i+1 < len(words) {
		next = words[i+1]
	}
	if pairOf[w][next] {
		return true
	}
	among := func(list map[string]bool) bool {
		return slices.ContainsFunc(words, func(w string) bool { return list[w] })
	}
	switch w {
	case "dsn":
		return true
	case "seed":
		return among(seeds)
	case "pin":
		return (next == "" || next == "code") && !among(wires)
	case "key":
		return i == 0 && (next == "b64" || next == "base64")
	case "service":
		return strings.Contains(beside, "service account json")
	case "access":
		return strings.HasSuffix(beside, "access key id")
	}
	return false
}

// plainWord are values that are no secrets whatever their names are.
var plainWord = set(`true false yes no on off none null nil undefined enabled disabled optional required 0 1`)

// ownPath are places where files lie; a secret's name often goes with the file that holds it.
var ownPath = regexp.MustCompile(`^(?:/(?:run|etc|var|home|root|usr|opt|tmp|mnt|srv|data|app|secrets|config|certs?|keys|workspace)/|~/|\.{1,2}/|[A-Za-z]:\\)[\w./\\ -]{1,200}$`)

// plainValue tells values that are no secrets although their names say so: none, a switch, a file.
func plainValue(value string) bool {
	return value == "" || plainWord[strings.ToLower(value)] || ownPath.MatchString(value)
}
