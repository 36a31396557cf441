package model

import "strconv"

// Size is a number of bytes on a disk or a network, in decimal units and with three digits, as docker counts them:
// "1.07 MB".
func Size(n int64) string {
	return scaled(n, 1000, [...]string{"B", "kB", "MB", "GB", "TB", "PB", "EB"}, 3)
}

// Memory is a number of bytes of memory, in binary units as docker counts them: "70 MiB".
func Memory(n int64) string {
	return scaled(n, 1024, [...]string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}, 4)
}

// scaled is n in the largest unit that makes it at least 1, with so many digits, and none that say nothing.
func scaled(n int64, base float64, units [7]string, digits int) string {
	value, i := float64(n), 0
	for ; i < len(units)-1 && (value >= base || value <= -base); i++ {
		value /= base
	}
	text := strconv.FormatFloat(value, 'g', digits, 64)
	if rounded, err := strconv.ParseFloat(text, 64); err == nil {
		if (rounded >= base || rounded <= -base) && i < len(units)-1 { // 999.9 kB is 1 MB
			rounded /= base
			i++
		}
		text = strconv.FormatFloat(rounded, 'f', -1, 64)
	}
	return text + " " + units[i]
}
