package dev.sandboxer.launch;

import java.net.URI;
import java.util.List;
import java.util.Objects;

/** A test whether a sandbox is ready. */
public sealed interface Probe {
    /** Returns the probe as messages show it. */
    String text();

    /**
     * Ready as soon as a command ends with 0.
     *
     * @param argv program and arguments
     */
    record Command(List<String> argv) implements Probe {
        public Command {
            argv = List.copyOf(argv);
            if (argv.isEmpty()) {
                throw new IllegalArgumentException("a command needs at least one word");
            }
        }

        /** Returns a probe that runs a shell command line. */
        public static Command line(String line) {
            return new Command(StartCommand.shell(line));
        }

        @Override
        public String text() {
            return StartCommand.lineOf(argv);
        }
    }

    /** Ready as soon as something listens on a port. */
    record Port(int number) implements Probe {
        @Override
        public String text() {
            return "port " + number;
        }
    }

    /**
     * Ready as soon as a server in the sandbox answers with a status of 200 to 399.
     *
     * @param address {@code http}, with {@code localhost} or {@code 127.0.0.1}
     */
    record Url(URI address) implements Probe {
        private static final int DEFAULT_PORT = 80;

        /**
         * Parses the URL of a server in the sandbox.
         *
         * @throws IllegalArgumentException when it is not such a URL
         */
        public static Url parse(String text) {
            return new Url(URI.create(text));
        }

        public Url {
            if (!"http".equals(address.getScheme())
                    || !("localhost".equals(address.getHost()) || "127.0.0.1".equals(address.getHost()))
                    || address.getUserInfo() != null
                    || address.getPort() == 0
                    || address.getPort() > 65_535) {
                throw new IllegalArgumentException(
                        "is not the URL of a server in the sandbox (example: http://localhost:8000/health)");
            }
        }

        public int port() {
            return address.getPort() < 0 ? DEFAULT_PORT : address.getPort();
        }

        /** Returns the path and query to request. */
        String target() {
            var path = Objects.requireNonNullElse(address.getRawPath(), "");
            var query = address.getRawQuery();
            return (path.isEmpty() ? "/" : path) + (query == null ? "" : "?" + query);
        }

        @Override
        public String text() {
            return address.toString();
        }
    }
}
