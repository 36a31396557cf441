package runspec

import (
	"encoding/base64"
	"regexp"
	"strings"
)

// Forms that secrets have by themselves. All of them are RE2: they take time linear in the text.
var (
	// pem matches a private key; of a certificate nothing is secret. pem64 is one that is written as base64 once more.
	pem   = regexp.MustCompile(`(?s)(-----BEGIN [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----).*?(-----END [A-Z0-9 ]*-----|$)`)
	pem64 = regexp.MustCompile(`LS0tLS1CRUdJTi(?:BQUklW|BSU0E|BFQy|BPUEVO|BFTkNS|BEU0E|BQR1Ag|BTU0gy)[A-Za-z0-9+/=_-]*`)
	// token matches the forms that issuers gave their tokens, so that they are known wherever they are found.
	token = regexp.MustCompile(`\b(?:` + strings.Join([]string{
		`gh[pousr]_[A-Za-z0-9]{10,}`, `github_pat_\w{10,}`, `gl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|imt|ffct|oas)-[\w.-]{10,}`,
		`xox[a-z](?:\.xox[a-z])?-[\w-]{6,}`, `xapp-\d-[\w-]{6,}`,
		`sk-(?:proj-|ant-|or-|svcacct-|admin-|lf-|live-|test-)?[A-Za-z0-9_]{12,}[\w-]*`, `sk-ant-[\w-]{10,}`,
		`[srpw]k_(?:live|test|prod)_\w{8,}`, `whsec_[\w+/=]{8,}`,
		`(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,}`, `AIza[\w-]{20,}`, `ya29\.[\w-]{10,}`, `GOCSPX-[\w-]{10,}`, `1//0[\w-]{20,}`,
		`hf_[A-Za-z0-9]{10,}`, `npm_[A-Za-z0-9]{10,}`, `pypi-[\w-]{12,}`, `dckr_(?:pat|oat)_[\w-]{8,}`,
		`rubygems_[a-f0-9]{16,}`, `cio[A-Za-z0-9]{32}`,
		`eyJ[\w-]{6,}(?:\.[\w-]+){1,4}\.?`, `SG\.[\w-]{10,}\.[\w-]{10,}`, `key-[0-9a-f]{32}`, `do[opr]_v1_[a-f0-9]{20,}`,
		`shp(?:at|ca|pa|ss)_[a-fA-F0-9]{16,}`,
		`hv[sbr]\.[\w-]{10,}`, `sq0[a-z]{3}-[\w-]{10,}`, `EAA[A-Z][\w-]{40,}`, `r8_[A-Za-z0-9]{20,}`, `gsk_[A-Za-z0-9]{16,}`,
		`tskey-[\w-]{10,}`, `lin_(?:api|oauth)_\w{16,}`,
		`ntn_\w{20,}`, `PMAK-[\w-]{20,}`, `fig[du]_[\w-]{16,}`, `nvapi-[\w-]{16,}`, `pplx-\w{16,}`, `xai-\w{16,}`,
		`dapi[0-9a-f]{32}`, `gl(?:sa|c)_\w{16,}`, `sntry[su]_[\w+/=-]{16,}`,
		`NRAK-\w{16,}`, `\d{8,10}:AA[\w-]{30,}`, `SK[0-9a-f]{32}`, `AT[AC]TT3[\w=-]{16,}`, `sbp_[a-f0-9]{16,}`,
		`pscale_(?:tkn|pw|oauth)_[\w.-]{10,}`, `dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{10,}`,
		`AGE-SECRET-KEY-1[A-Z0-9]{20,}`, `A3T[A-Z0-9]-\w{6}-[\w-]{10,}`, `fo1_[\w-]{20,}`, `wandb_v1_\w{16,}`, `nfp_\w{16,}`,
		`[A-Za-z0-9]{14}\.atlasv1\.[\w-]{20,}`,
		`[a-z]{2,8}_(?:pat|tok|token|key|secret|api)_[A-Za-z0-9]{16,}`,
	}, "|") + `)[\w-]*`)
	// hook matches addresses that are secrets as a whole, up to what is.
	hook = regexp.MustCompile(`((?:hooks\.slack\.com/(?:services|workflows|triggers)/|discord(?:app)?\.com/api/(?:v\d+/)?webhooks/|webhook\.office\.com/webhookb2/|` +
		`outlook\.office(?:365)?\.com/webhook/|hooks\.zapier\.com/hooks/catch/|maker\.ifttt\.com/(?:trigger/[\w-]+/with/key|use)/|api\.telegram\.org/bot|/open-apis/bot/v2/hook/|/hooks/(?:[\w-]{8,}/)?))([^\s"'<>\\?]{8,})`)
	// crypted matches what crypt and its like make of passwords: it can be guessed from.
	crypted = regexp.MustCompile(`\$\$?(?:2[abxy]|apr1|argon2(?:id|i|d)|pbkdf2[\w-]*|scrypt)\$[^\s"'\\]{8,}|\$\$?[1567y]\$\$?[./A-Za-z0-9=,]+\$\$?[./A-Za-z0-9]{16,}`)
	bearer  = regexp.MustCompile(`(?i)\b(bearer(?:\s+|%20|\+))([^\s"'\\,;)}\]<>]+)`)
	alone   = regexp.MustCompile(`(?i)^((?:token|api-?key)\s+)(\S*\d\S*)$`)
	basic   = regexp.MustCompile(`(?i)\b(basic(?:\s+|%20|\+))([A-Za-z0-9+/_-]{4,}(?:=|%3D)*)`)
	// header matches the names of headers whose whole lines are secret.
	header = regexp.MustCompile(`(?i)\b(?:(?:proxy-)?authorization|(?:set-)?cookie2?|x-[a-z-]*(?:token|key|auth|secret|password)|private-token|job-token|deploy-token|api-?key)(\\*["']?\s*:\s*\\*["']?)`)
	scheme = regexp.MustCompile(`(?i)^(?:bearer|basic|token|digest|apikey|api-key|key|negotiate|ntlm|oauth|sharedaccesssignature|sharedkey|aws4-hmac-sha256|hawk|bot)\s+`)
	// dsn, and account for a whole text, match user:password@host without a scheme, as drivers of Go's and proxies take
	// it.
	dsn      = regexp.MustCompile(`([\w.%-]+:)([^\s"'@]*[^\s"']*)(@(?:tcp|unix|udp|tcp4|tcp6)\()`)
	oracle   = regexp.MustCompile(`(jdbc:oracle:\w+:[\w.-]+/)([^@\s]+)@`)
	auth     = regexp.MustCompile(`(\b[aA]uth\w*\(\s*["'][^"']*["']\s*,\s*["'])([^"']+)`)
	account  = regexp.MustCompile(`^([\w.+%-]+):([^\s/]*)@([A-Za-z][\w-]*(?:\.[\w-]+)*|\d+\.\d+\.\d+\.\d+)((?::\d+)?(?:[/?].*)?)$`)
	noUser   = set(`npm pkg mailto sip sips xmpp acct github gitlab bitbucket file link workspace git docker image maintainer author email mail contact support jsr gist`)
	versions = regexp.MustCompile(`^v?\d+(\.|$)|^sha(256|512)$`)
	pgpass   = regexp.MustCompile(`(?m)^([\w.*/-]+:(?:\d{2,5}|\*):[^\s:]*:[^\s:]+:)(\S+)$`)
	machine  = regexp.MustCompile(`(?i)\b((?:machine\s+\S+|default)\s+login\s+\S+\s+password\s+)(\S+)`)
	sql      = regexp.MustCompile(`(?i)\b((?:identified\s+(?:with\s+\w+\s+)?(?:by|as)|password(?:\s+for\s+\S+)?)(?:\s+password)?(?:\s+|\s*\(\s*))('(?:[^'\\]|\\.|'')*(?:'|$)|"(?:[^"\\]|\\.)*(?:"|$))`)
	xml      = regexp.MustCompile(`<([A-Za-z_][\w.:-]*)>([^<]+)`)
	valueOf  = regexp.MustCompile(`(?i)((?:name|key)\\*["']?\s*[:=]\s*\\*["']?)([\w.-]+)(\\*["']?\s*,?\s*\\*["']?value\\*["']?\s*[:=]\s*)(\\*"(?:[^"\\]|\\[^"])*\\*"|'[^']*'|[^\s"',}\\][^\s,}]*)`)
)

// noCredential are words that stand behind Bearer and Basic in sentences.
var noCredential = set(`token tokens auth authentication authorization is are scheme schemes required realm only or and the a in for format header type credentials http method access`)

// hideText hides the secrets of a text by their forms, and those that stand behind their names. expands tells that
// $NAME is something that a shell puts in.
func hideText(text string, expands bool) string {
	if strings.Contains(text, "PRIVATE KEY") {
		text = pem.ReplaceAllString(text, "${1}"+Hidden+"${2}")
	}
	text = pem64.ReplaceAllString(text, Hidden)
	text = hook.ReplaceAllString(text, "${1}"+Hidden)
	text = hideURLs(text, expands)
	text = token.ReplaceAllString(text, Hidden)
	text = crypted.ReplaceAllString(text, Hidden)
	text = hideHeaders(text, expands)
	text = hideBehind(text, bearer, func(_, value string) bool { return !noCredential[strings.ToLower(value)] })
	text = hideBehind(text, basic, func(_, value string) bool { return holdsUser(value) })
	text = hideAccounts(text, expands)
	text = hideBehind(text, xml, func(name, _ string) bool { return LooksSecret(strings.Trim(name, "<>")) })
	text = hideBehind(text, sql, func(_, value string) bool { return !givenValue(strings.Trim(value, `"'`), expands) })
	text = valueOf.ReplaceAllStringFunc(text, func(found string) string {
		m := valueOf.FindStringSubmatch(found)
		if value := strings.Trim(m[4], `\"'`); !LooksSecret(m[2]) || plainValue(value) || givenValue(value, expands) {
			return found
		}
		return m[1] + m[2] + m[3] + quoteLike(m[4])
	})
	return hidePairs(text, expands)
}

// quoteLike is Hidden in the quotes that a value has.
func quoteLike(value string) string {
	n := len(value) - len(strings.TrimLeft(value, `\"'`))
	return value[:n] + Hidden + value[len(strings.TrimRight(value, `\"'`)):]
}

// hideBehind hides the second group of what a form matches, where it is a secret.
func hideBehind(text string, form *regexp.Regexp, secret func(before, value string) bool) string {
	var b strings.Builder
	from := 0
	for _, m := range form.FindAllStringSubmatchIndex(text, -1) {
		if value := text[m[4]:m[5]]; value == Hidden || !secret(text[m[2]:m[3]], value) {
			continue
		}
		b.WriteString(text[from:m[4]])
		b.WriteString(Hidden)
		from = m[5]
	}
	return b.String() + text[from:]
}

// holdsUser tells whether base64 says user:password.
func holdsUser(value string) bool {
	value = strings.TrimRight(strings.ReplaceAll(value, "%3D", "="), "=")
	for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if plain, err := e.DecodeString(value); err == nil && strings.Contains(string(plain), ":") {
			return true
		}
	}
	return false
}

// hideHeaders hides what headers say that let somebody in: to the end of the quotes around them, or of the line.
func hideHeaders(text string, expands bool) string {
	var b strings.Builder
	from := 0
	for _, m := range header.FindAllStringSubmatchIndex(text, -1) {
		if m[0] < from {
			continue
		}
		end, ends := len(text), "\r\n"
		if sep := text[m[2]:m[3]]; strings.ContainsAny(sep, `"'`) { // of JSON
			ends += sep[strings.LastIndexAny(sep, `"'`):][:1]
		} else if m[0] > 0 && strings.IndexByte(`"'`, text[m[0]-1]) >= 0 {
			ends += text[m[0]-1 : m[0]]
		}
		if i := strings.IndexAny(text[m[1]:], ends); i >= 0 {
			end = m[1] + i
		}
		value := text[m[1]:end]
		kept := scheme.FindString(value)
		if rest := strings.TrimRight(value[len(kept):], `\ `); givenValue(rest, expands) || plainValue(rest) || opens(rest) {
			continue
		}
		b.WriteString(text[from:m[1]] + kept + Hidden)
		from = end
	}
	return b.String() + text[from:]
}

// opens tells that a value has values of its own.
func opens(value string) bool { return strings.HasPrefix(value, "{") || strings.HasPrefix(value, "[") }

// hideAccounts hides passwords in lists of accounts, and in addresses without a scheme.
func hideAccounts(text string, expands bool) string {
	secret := func(_, value string) bool { return value != "" && !givenValue(value, expands) }
	for _, form := range []*regexp.Regexp{dsn, pgpass, machine, oracle, auth, alone} {
		text = hideBehind(text, form, secret)
	}
	if m := account.FindStringSubmatch(text); m != nil && secret("", m[2]) && !noUser[strings.ToLower(m[1])] &&
		!versions.MatchString(m[3]) {
		text = m[1] + ":" + Hidden + "@" + m[3] + m[4]
	}
	return text
}

// mostAhead is how far a password in an address is searched for its end, in bytes, when it has characters in it that
// end addresses. It keeps the time linear.
const mostAhead = 512

// hideURLs hides passwords, and tokens in the place of users, in addresses.
func hideURLs(text string, expands bool) string {
	var b strings.Builder
	from := 0
	for at := 0; ; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			return b.String() + text[from:]
		}
		begin := at + i + 3
		scheme := text[at : begin-3]
		at = begin
		end := userEnd(text[begin:], strings.HasSuffix(scheme, "http") || strings.HasSuffix(scheme, "https"))
		if end < 0 || begin < from {
			continue
		}
		if info := text[begin : begin+end]; hideUser(scheme, info, expands) != info {
			b.WriteString(text[from:begin] + hideUser(scheme, info, expands))
			from = begin + end
		}
		at = begin + end
	}
}

// userEnd is where the user and the password of an address end, without the @; -1 when it has none.
func userEnd(rest string, web bool) int {
	stop := strings.IndexAny(rest, "/?#\\ \t\r\n\"'<>`")
	if stop < 0 {
		stop = len(rest)
	}
	host := rest[:stop]
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		if strings.Contains(host[:at], ":") && !(web && webHost.MatchString(rest[at+1:min(len(rest), at+mostAhead)])) {
			return max(at, lastAt(rest))
		}
		return at
	}
	// A password that should have been escaped holds the characters that end an address. A port holds only digits.
	user, password, ok := strings.Cut(host, ":")
	if !ok || strings.HasPrefix(user, "[") || digits(password) || strings.HasPrefix(password, "$") ||
		strings.HasPrefix(password, "{") || strings.ContainsAny(user, ",") {
		return -1
	}
	return lastAt(rest)
}

// webHost matches a host behind which an address goes on.
var webHost = regexp.MustCompile(`^(?:(?:[\w-]+\.)+[\w-]+|localhost|[\w-]+)(?::\d+)?(?:[/?#]|$)`)

// another matches where the next of several addresses begins.
var another = regexp.MustCompile(`[,;|][A-Za-z][A-Za-z0-9+.-]+://`)

// lastAt is the last @ of an address, -1 when it has none.
func lastAt(rest string) int {
	ahead := rest[:min(len(rest), mostAhead)]
	if i := strings.IndexAny(ahead, " \t\r\n\"'<>`"); i >= 0 {
		ahead = ahead[:i]
	}
	if strings.IndexByte(ahead, '@') < 0 {
		return -1
	}
	if m := another.FindStringIndex(ahead); m != nil {
		ahead = ahead[:m[0]]
	}
	return strings.LastIndexByte(ahead, '@')
}

// hideUser hides the secrets in the user's part of an address.
func hideUser(scheme, info string, expands bool) string {
	user, password, ok := strings.Cut(info, ":")
	switch {
	case ok && password == "x-oauth-basic", // #nosec G101 -- GitHub's word for none
		ok && password == "" && tokenUser(scheme, user):
		return Hidden + ":" + password
	case ok && (password == "" || givenValue(password, expands)):
		return info
	case ok && len(user) >= 20 && tokenUser(scheme, user):
		return Hidden + ":" + Hidden
	case ok:
		return user + ":" + Hidden
	case tokenUser(scheme, info) && !givenValue(info, expands):
		return Hidden
	}
	return info
}

var (
	plainUser = regexp.MustCompile(`^(?:[A-Za-z][a-z]*(?:[._-][a-z]+)*|[a-z]*user\d{0,2}|oauth2?|x-access-token|gitlab-ci-token|x-token-auth)$`)
	isToken   = regexp.MustCompile(`^[A-Za-z0-9_.+/=~%-]{20,}$`)
)

// tokenUser tells whether the user in an address is a token. In web addresses hardly anything else is, but for short
// names of persons and organisations; elsewhere only what is long and holds digits.
func tokenUser(scheme, user string) bool {
	if strings.HasSuffix(scheme, "http") || strings.HasSuffix(scheme, "https") {
		return user != "" && !(len(user) < 10 && plainUser.MatchString(user)) && user != "x-access-token" &&
			user != "gitlab-ci-token" && user != "x-token-auth" && !strings.Contains(user, "%40")
	}
	return isToken.MatchString(user) && strings.ContainsAny(user, "0123456789") && !strings.Contains(user, ".")
}
