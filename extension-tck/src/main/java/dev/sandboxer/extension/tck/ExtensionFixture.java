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
 * Connects the test kit to an extension and describes the extension's properties. Opened once per contract class.
 *
 * <p>The template needs a POSIX shell and the usual small tools (coreutils, {@code grep}). The default methods assume {@code python3} and a
 * user {@code user} with home {@code /home/user}; override them if the template differs.
 */
public interface ExtensionFixture extends AutoCloseable {
    /** {@return a new extension} */
    Extension extension();

    /**
     * Returns a context with a unique installation id. After the tests the kit destroys all sandboxes and snapshots of that installation
     * and checks that none is left.
     *
     * @return the context
     */
    ExtensionContext context();

    /**
     * Returns a credential that the backend accepts. Default: none.
     *
     * @return the credential
     */
    default Credential credential() {
        return Credential.none();
    }

    /**
     * Returns a well-formed credential that the backend refuses.
     *
     * @return the credential; empty when the extension needs none
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
     * Returns a size smaller than {@link #size()} in every component, so that memory and disk run out quickly.
     *
     * @return the size
     */
    default SandboxSize smallSize() {
        return new SandboxSize(500, 256, 128);
    }

    /**
     * Returns a GPU for the tests to request. If the extension declares {@code GPU}, the account must be allowed to use it.
     *
     * @return the GPU
     */
    default Gpu gpu() {
        return new Gpu(1, "T4");
    }

    /**
     * Returns a region for the tests to request. If the extension declares {@code REGION}, the account must be allowed to use it.
     *
     * @return the region
     */
    default String region() {
        return "eu";
    }

    /**
     * Returns a public image with a POSIX shell. The backend must be able to start it if the extension declares {@code IMAGE}.
     *
     * @return the image's reference
     */
    default String imageReference() {
        return "debian:stable-slim";
    }

    /**
     * Returns the name of the template's default user.
     *
     * @return the name
     */
    default String user() {
        return "user";
    }

    /**
     * Returns the home of the template's default user.
     *
     * @return an absolute path
     */
    default String home() {
        return "/home/user";
    }

    /** {@return the path of a POSIX shell inside the sandbox} */
    default String shell() {
        return "/bin/sh";
    }

    /**
     * Returns the command of an echo server on the loopback address. It writes {@code listening} to its standard output when it is ready,
     * serves many connections at once, sends back what it receives, and closes a connection once the client has closed its side.
     *
     * @param port 1 to 65535
     * @return the command
     */
    default List<String> echoServer(int port) {
        return List.of("python3", "-c", Scripts.ECHO_SERVER, Integer.toString(port));
    }

    /**
     * Returns the command of an HTTP server on the loopback address. It writes {@code listening} to its standard output when it is
     * ready. Its response body is the method, the target exactly as sent, and the request body, separated by spaces.
     *
     * @param port 1 to 65535
     * @return the command
     */
    default List<String> httpServer(int port) {
        return List.of("python3", "-c", Scripts.HTTP_SERVER, Integer.toString(port));
    }

    /**
     * Returns a command that opens a TCP connection. It exits within seconds, with status 0 if it connected.
     *
     * @param host an address or a name
     * @param port 1 to 65535
     * @return the command
     */
    default List<String> connect(String host, int port) {
        return List.of("python3", "-c", Scripts.CONNECT, host, Integer.toString(port));
    }

    /**
     * Returns the longest time that the kit waits for any single event or result.
     *
     * @return the time
     */
    default Duration timeout() {
        return Duration.ofSeconds(30);
    }

    /**
     * Returns the shortest lifetime in which a test can still run a command in a sandbox.
     *
     * @return the time
     */
    default Duration shortLife() {
        return Duration.ofSeconds(3);
    }

    /**
     * Returns true if the backend remembers the exit of a process for at least 30 s.
     *
     * @return true if it does
     */
    default boolean remembersExits() {
        return true;
    }

    /**
     * Returns true if the streams of processes survive a pause. Otherwise their readers fail with {@code TRANSIENT}.
     *
     * @return true if they do
     */
    default boolean streamsSurvivePause() {
        return true;
    }

    /**
     * Returns true if the backend buffers unread output beyond a full pipe, so that the process is not blocked.
     *
     * @return true if it does
     */
    default boolean buffersUnreadOutput() {
        return false;
    }

    /** Releases the fixture's resources. Called after all sandboxes are destroyed. */
    @Override
    default void close() {}
}
