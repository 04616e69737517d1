package dev.sandboxer.cli.terminal;

import dev.sandboxer.extension.session.PtySize;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The terminal of this process, controlled by stty. That works with every terminal and costs nothing until one is used. */
public final class Terminal implements AutoCloseable {
    private static final File DEVICE = new File("/dev/tty");

    /** The size without a terminal. */
    private static final PtySize DEFAULT_SIZE = new PtySize(80, 24);

    private final String saved;

    private Terminal(String saved) {
        this.saved = saved;
    }

    /** Returns true if input and output are a terminal. */
    public static boolean present() {
        var console = System.console();
        return console != null && console.isTerminal();
    }

    /** Returns true if the input is a terminal, wherever the output goes. */
    public static boolean isInput() {
        if (present()) {
            return true;
        }
        try {
            var builder = new ProcessBuilder("tty", "-s");
            builder.environment().keySet().retainAll(Set.of("PATH"));
            var process = builder.redirectInput(ProcessBuilder.Redirect.INHERIT).start();
            return process.waitFor() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Sets raw mode until {@link #close}: every key is passed on, even Ctrl-C. */
    public static Terminal raw() {
        var terminal = new Terminal(stty("-g"));
        stty("raw", "-echo");
        return terminal;
    }

    /** Returns the size of the terminal; 80 x 24 without one. */
    public static PtySize size() {
        if (present()) {
            var words = stty("size").split(" ");
            if (words.length == 2 && !words[0].equals("0") && !words[1].equals("0")) {
                return new PtySize(Integer.parseInt(words[1]), Integer.parseInt(words[0]));
            }
        }
        return DEFAULT_SIZE;
    }

    @Override
    public void close() {
        stty(saved);
    }

    private static String stty(String... arguments) {
        var command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        try {
            var builder = new ProcessBuilder(command);
            builder.environment().keySet().retainAll(Set.of("PATH")); // keeps secrets from it
            var process = builder.redirectInput(DEVICE)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            process.waitFor();
            return output;
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}
