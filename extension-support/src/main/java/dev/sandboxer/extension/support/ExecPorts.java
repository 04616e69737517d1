package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.extension.session.Ports;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * Connects to ports with commands. A small relay process inside the sandbox connects to the port. Its standard input and output are the two
 * directions of the connection, which end independently.
 *
 * <p>The relay is a Perl script (Perl is part of every Debian and Ubuntu), else a Python 3 script, else BusyBox's {@code nc}. Without any
 * of them, connections fail with {@code UNSUPPORTED}.
 *
 * @param exec runs commands in the sandbox
 */
public record ExecPorts(Exec exec) implements Ports {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);
    private static final int REFUSED = 7;
    private static final int NO_COMMAND = 127;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_REPORT_BYTES = 16;
    private static final Pattern CONNECTED = Pattern.compile("\\+([1-9][0-9]{0,8})");

    @Override
    public PortConnection dial(int port) {
        if (port < 1 || port > MAX_PORT) {
            throw new OperationException(Reason.INVALID, "not a port: " + port);
        }
        var argv = Shell.argv(Scripts.RELAY, Integer.toString(port), Scripts.RELAY_PERL, Scripts.RELAY_PYTHON);
        var execution = exec.start(new Command(argv, true, null, null));
        try {
            var output = new CommandOutput(execution, "connecting to port " + port, null, CONNECT_TIMEOUT);
            var pid = awaitConnected(output, port);
            output.liftLimit();
            return new ExecPortConnection(exec, execution, pid, output);
        } catch (OperationException | ExtensionException e) {
            execution.close();
            throw e;
        }
    }

    /** Waits for the relay's report that it is connected. Returns the relay's process id. */
    private static int awaitConnected(CommandOutput output, int port) {
        if (output.isAtEnd()) {
            throw switch (output.status()) {
                case REFUSED -> new OperationException(Reason.REFUSED, "nothing listens on port " + port);
                case NO_COMMAND ->
                    new OperationException(
                            Reason.UNSUPPORTED, "connections to ports need perl, python3 or busybox in the template");
                default -> new OperationException(Reason.IO, "the relay to port " + port + " ended");
            };
        }
        var report = CONNECTED.matcher(new String(output.readUntil('\n', MAX_REPORT_BYTES), StandardCharsets.US_ASCII));
        if (!report.matches()) {
            throw output.unexpected();
        }
        return Integer.parseInt(report.group(1));
    }
}
