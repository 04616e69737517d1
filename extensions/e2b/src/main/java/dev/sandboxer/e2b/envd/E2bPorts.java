package dev.sandboxer.e2b.envd;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.OperationException;
import dev.sandboxer.extension.OperationException.Reason;
import dev.sandboxer.extension.PortConnection;
import dev.sandboxer.extension.Ports;
import dev.sandboxer.extension.ProcessEvent;
import dev.sandboxer.extension.ProcessEvent.Channel;
import dev.sandboxer.extension.ProcessSpec;
import dev.sandboxer.extension.Signal;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Connections to ports as plain bytes. E2B's edge forwards only HTTP requests, so a small relay runs inside for each
 * connection: its standard input and output are the connection's. In Perl, which is an essential package of Debian and its
 * kin, all that E2B builds templates from.
 */
record E2bPorts(E2bProcesses processes) implements Ports {
    private static final Duration CONNECTS = Duration.ofSeconds(30);
    private static final int REFUSED = 7;
    private static final int NO_COMMAND = 127;
    private static final int MOST_PORTS = 65_535;
    private static final byte CONNECTED = '+';

    /**
     * Says + when it is connected. The process that is known by its pid reads from the port, and ends when the port has
     * ended; its child writes, and ends with its input, which says so to the port.
     */
    private static final String RELAY = """
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
            all(*STDOUT, "+") or exit 9;
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
            """;

    @Override
    public PortConnection dial(int port) {
        if (port < 1 || port > MOST_PORTS) {
            throw new OperationException(Reason.INVALID, "not a port: " + port);
        }
        var process = start(port);
        try {
            return new E2bPortConnection(processes, process, connected(process, port));
        } catch (RuntimeException e) {
            end(process);
            throw e;
        }
    }

    private E2bProcess start(int port) {
        var spec = ProcessSpec.builder("perl", "-e", RELAY, Integer.toString(port))
                .cwd("/")
                .stdin(true)
                .tag(ProcessMessages.ASIDE)
                .build();
        try {
            return processes.start(spec, null);
        } catch (OperationException e) {
            throw e.reason() == Reason.COMMAND_NOT_FOUND ? noPerl() : e;
        }
    }

    /** What came along with the sign. */
    private static byte[] connected(E2bProcess process, int port) {
        var end = System.nanoTime() + CONNECTS.toNanos();
        while (true) {
            switch (next(process, Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                case null -> throw ExtensionException.unknown(Kind.TRANSIENT, "port " + port + " did not answer", null);
                case ProcessEvent.Exited exited ->
                    throw switch (exited.status()) {
                        case REFUSED -> new OperationException(Reason.REFUSED, "nothing listens on port " + port);
                        case NO_COMMAND -> noPerl();
                        default -> new OperationException(Reason.IO, "the relay to port " + port + " ended");
                    };
                case ProcessEvent.Output(var channel, var bytes) -> {
                    if (channel == Channel.STDOUT && bytes.length > 0 && bytes[0] == CONNECTED) {
                        return bytes;
                    }
                }
            }
        }
    }

    private static @Nullable ProcessEvent next(E2bProcess process, Duration timeout) {
        try {
            return process.next(timeout);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        }
    }

    private static OperationException noPerl() {
        return new OperationException(Reason.UNSUPPORTED, "connections to ports need perl in the template");
    }

    /** Its child ends with it: its input is closed. */
    static void end(E2bProcess process) {
        try {
            process.signal(Signal.KILL, false);
        } catch (ExtensionException | OperationException e) {
            // it has ended, or the whole sandbox has
        } finally {
            process.close();
        }
    }
}
