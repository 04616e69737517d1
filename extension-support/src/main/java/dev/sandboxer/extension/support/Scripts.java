package dev.sandboxer.extension.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The scripts that run in sandboxes, loaded from this package's resources. Their first lines describe them. */
final class Scripts {
    static final String SIGNAL = read("signal.sh");
    static final String RESIZE = read("resize.sh");
    static final String BEGIN = read("begin.sh");
    static final String LAUNCH = read("users.sh") + read("launch.sh");
    static final String FILES = read("users.sh") + read("files.sh");
    static final String RELAY = read("relay.sh");
    static final String RELAY_PERL = read("relay.pl");
    static final String RELAY_PYTHON = read("relay.py");

    private Scripts() {}

    private static String read(String name) {
        try (var resource = Scripts.class.getResourceAsStream(name)) {
            if (resource == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
