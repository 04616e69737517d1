# The parent process reports its pid, copies from the port to stdout and exits at the end of that data. The child copies from stdin to the
# port; at the end of stdin it shuts down that side of the connection and exits.
use strict; use Socket;
my ($port) = @ARGV; my $s; my $ok = 0;
socket($s, PF_INET, SOCK_STREAM, 0) or exit 8;
$ok = connect($s, pack_sockaddr_in($port, inet_aton("127.0.0.1")));
if (!$ok) {
  socket($s, PF_INET6, SOCK_STREAM, 0) or exit 7;
  $ok = connect($s, Socket::pack_sockaddr_in6($port, Socket::inet_pton(PF_INET6, "::1")));
}
exit 7 if !$ok;
sub all { my ($to, $data) = @_; my $at = 0;
  while ($at < length $data) { my $n = syswrite($to, $data, length($data) - $at, $at);
    if (!defined $n) { next if $!{EINTR}; return 0; } $at += $n; }
  return 1; }
all(*STDOUT, "+$$\n") or exit 9;
my $pid = fork(); exit 8 if !defined $pid; my $data;
if ($pid == 0) {
  close STDOUT; close STDERR;
  while (1) { my $n = sysread(STDIN, $data, 65536); next if !defined $n && $!{EINTR};
    last if !$n; all($s, $data) or last; }
  shutdown($s, 1); exit 0;
}
close STDIN;
while (1) { my $n = sysread($s, $data, 65536); next if !defined $n && $!{EINTR};
  last if !$n; all(*STDOUT, $data) or last; }
exit 0;
