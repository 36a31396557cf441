package engine

import (
	"fmt"
	"testing"
)

// TestListening reads what the kernel says of sockets.
func TestListening(t *testing.T) {
	const text = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:22B8 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0000000000000000 100 0 0
   1: 00000000:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0000000000000000 100 0 0
   2: 020011AC:1F40 010011AC:E1F2 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0000000000000000 100 0 0
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 00000000000000000000000000000000:0051 00000000000000000000000000000000:0000 0A 00000000:00000000
   2: 0000000000000000FFFF00000100007F:0052 00000000000000000000000000000000:0000 0A 00000000:00000000
   x: zz:yy 0 0A
cat: /proc/net/tcp6: No such file or directory`
	want := "[127.0.0.1:8888 0.0.0.0:8000 [::1]:80 [::]:81 127.0.0.1:82]"
	if got := fmt.Sprint(parseListening(text)); got != want {
		t.Errorf("%s, not %s", got, want)
	}
}
