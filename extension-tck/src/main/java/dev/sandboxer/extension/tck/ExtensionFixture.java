package dev.sandboxer.extension.tck;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.spec.Gpu;
import dev.sandboxer.extension.spec.SandboxSize;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What the test kit has to know about an extension. Opened once per contract class.
 *
 * <p>The template has a POSIX shell and the usual small tools (coreutils, {@code grep}). The defaults suit a template with
 * a user {@code user} at {@code /home/user} and {@code python3}; override what differs.
 */
public interface ExtensionFixture extends AutoCloseable {
    /** {@return a new extension} */
    Extension extension();

    /**
     * With an installation id of its own: the kit checks that nothing of this installation is left.
     *
     * @return the context
     */
    ExtensionContext context();

    /**
     * One that the backend accepts.
     *
     * @return the credential
     */
    default Credential credential() {
        return Credential.none();
    }

    /**
     * One that is well formed and refused by the backend; empty when the extension needs none.
     *
     * @return the credential, or empty
     */
    default Optional<Credential> refusedCredential() {
        return Optional.empty();
    }

    /** {@return the template of the kit's sandboxes} */
    String template();

    /** {@return the size of the kit's sandboxes} */
    default SandboxSize size() {
        return new SandboxSize(1000, 1024, 512);
    }

    /**
     * Smaller than {@link #size()} in everything, so that memory and disk run out quickly.
     *
     * @return the size
     */
    default SandboxSize smallSize() {
        return new SandboxSize(500, 256, 128);
    }

    /**
     * One that the account can have, for a backend with GPUs.
     *
     * @return the GPU
     */
    default Gpu gpu() {
        return new Gpu(1, "T4");
    }

    /**
     * One that the account can use, for a backend with regions.
     *
     * @return the region
     */
    default String region() {
        return "eu";
    }

    /**
     * A public one with a POSIX shell, for a backend that starts from images.
     *
     * @return the reference
     */
    default String imageReference() {
        return "debian:stable-slim";
    }

    /**
     * The name of the template's default user.
     *
     * @return the name
     */
    default String user() {
        return "user";
    }

    /**
     * The home of the template's default user.
     *
     * @return an absolute path
     */
    default String home() {
        return "/home/user";
    }

    /** {@return the path of a POSIX shell inside} */
    default String shell() {
        return "/bin/sh";
    }

    /**
     * A server for a port of the loopback address. It writes {@code listening} to its standard output when it is ready,
     * serves many connections at once, sends back what it gets, and ends a connection when the other side did.
     *
     * @param port 1 to 65535
     * @return the command
     */
    default List<String> echoServer(int port) {
        return List.of("python3", "-c", Scripts.ECHO_SERVER, Integer.toString(port));
    }

    /**
     * An HTTP server for a port of the loopback address. It writes {@code listening} to its standard output when it is ready, and
     * answers with the method, the target as it was sent and the body, with a space between them.
     *
     * @param port 1 to 65535
     * @return the command
     */
    default List<String> httpServer(int port) {
        return List.of("python3", "-c", Scripts.HTTP_SERVER, Integer.toString(port));
    }

    /**
     * A command that ends with status 0 when it got a TCP connection, within seconds in any case.
     *
     * @param host an address or a name
     * @param port 1 to 65535
     * @return the command
     */
    default List<String> connect(String host, int port) {
        return List.of("python3", "-c", Scripts.CONNECT, host, Integer.toString(port));
    }

    /**
     * How long anything may take before it counts as not happening.
     *
     * @return the time
     */
    default Duration timeout() {
        return Duration.ofSeconds(30);
    }

    /**
     * The shortest life that a sandbox can be given and still be used for a moment.
     *
     * @return the time
     */
    default Duration shortLife() {
        return Duration.ofSeconds(3);
    }

    /**
     * Whether the backend remembers for 30 s how a process ended.
     *
     * @return true if it does
     */
    default boolean remembersExits() {
        return true;
    }

    /**
     * Whether the streams of processes survive a pause; else their readers are told that it can't be reached just now.
     *
     * @return true if they do
     */
    default boolean keepsStreamsInPauses() {
        return true;
    }

    /**
     * Whether the backend keeps output that nobody has pulled, beyond a full pipe; the process then goes on.
     *
     * @return true if it does
     */
    default boolean keepsUnreadOutput() {
        return false;
    }

    /** Removes what the fixture made. Every sandbox is destroyed by then. */
    @Override
    default void close() {}
}
