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
 * Connections to ports as plain bytes, over a small relay inside for each: its input and output are the connection's, in both
 * directions until each has ended.
 *
 * <p>The relay is in Perl, an essential package of Debian and its kin; else in Python 3; else it is BusyBox's {@code nc}. A sandbox
 * without any of them answers {@code UNSUPPORTED}.
 *
 * @param exec runs commands in the sandbox
 */
public record ExecPorts(Exec exec) implements Ports {
    private static final Duration CONNECTS = Duration.ofSeconds(30);
    private static final int REFUSED = 7;
    private static final int NO_COMMAND = 127;
    private static final int MOST_PORTS = 65_535;
    private static final int LONGEST_SIGN = 16;
    private static final Pattern CONNECTED = Pattern.compile("\\+([1-9][0-9]{0,8})");

    @Override
    public PortConnection dial(int port) {
        if (port < 1 || port > MOST_PORTS) {
            throw new OperationException(Reason.INVALID, "not a port: " + port);
        }
        var argv = Shell.argv(Scripts.RELAY, Integer.toString(port), Scripts.RELAY_PERL, Scripts.RELAY_PYTHON);
        var execution = exec.start(new Command(argv, true, null, null));
        try {
            var output = new CommandOutput(execution, "connecting to port " + port, null, CONNECTS);
            var pid = connected(output, port);
            output.liftLimit();
            return new ExecPortConnection(exec, execution, pid, output);
        } catch (OperationException | ExtensionException e) {
            execution.close();
            throw e;
        }
    }

    /** The relay's pid. */
    private static int connected(CommandOutput output, int port) {
        if (output.isAtEnd()) {
            throw switch (output.status()) {
                case REFUSED -> new OperationException(Reason.REFUSED, "nothing listens on port " + port);
                case NO_COMMAND ->
                    new OperationException(
                            Reason.UNSUPPORTED, "connections to ports need perl, python3 or busybox in the template");
                default -> new OperationException(Reason.IO, "the relay to port " + port + " ended");
            };
        }
        var said = CONNECTED.matcher(new String(output.until('\n', LONGEST_SIGN), StandardCharsets.US_ASCII));
        if (!said.matches()) {
            throw output.strange();
        }
        return Integer.parseInt(said.group(1));
    }
}
