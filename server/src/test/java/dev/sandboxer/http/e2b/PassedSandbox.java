package dev.sandboxer.http.e2b;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.http.e2b.edge.Target;
import dev.sandboxer.http.ports.InsideServer;
import dev.sandboxer.testing.FakeCloud;
import dev.sandboxer.testing.FakeExtension;
import dev.sandboxer.testing.TestInstallation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A served sandbox whose backend takes requests over HTTP and answers by a script. */
final class PassedSandbox extends ServedSandbox {
    static final String BACKENDS_TOKEN = "the-token-of-the-backend";

    private final InsideServer backend;
    private final FakeCloud cloud;

    PassedSandbox(Path home, InsideServer.Script script) throws IOException {
        this(home, script, true);
    }

    PassedSandbox(Path home, InsideServer.Script script, boolean publicPorts) throws IOException {
        this(new TestInstallation(home), 0, script, publicPorts);
    }

    /**
     * @param number the number of the installation's extension that runs the sandbox, counted from 0
     */
    PassedSandbox(TestInstallation installation, int number, InsideServer.Script script, boolean publicPorts)
            throws IOException {
        var extension = (FakeExtension) installation.extensions().get(number);
        var capabilities = new HashSet<>(extension.capabilities());
        capabilities.add(Capability.HTTP_PASSAGE);
        backend = new InsideServer(script);
        cloud = extension.cloud();
        super(installation, extension.with(capabilities), publicPorts);
        cloud.serve(Set.of(Target.ENVD_PROTOCOL));
        reach(backend.address());
    }

    /** Makes the server at an address the sandbox's target from now on. */
    void reach(InetSocketAddress address) {
        var origin = URI.create("http://127.0.0.1:" + address.getPort() + "/cloud");
        cloud.reach(port -> new HttpTarget(
                origin,
                port == Target.ENVD_PORT
                        ? Map.of("E2b-Sandbox-Id", "theirs", "X-Access-Token", BACKENDS_TOKEN)
                        : Map.of("E2b-Sandbox-Id", "theirs", "E2b-Sandbox-Port", Integer.toString(port))));
    }

    FakeCloud cloud() {
        return cloud;
    }

    /** Throws the failure of the script, if there is one. */
    void check() throws Exception {
        backend.check();
    }

    InsideServer backend() {
        return backend;
    }

    @Override
    public void close() throws IOException {
        super.close();
        backend.close();
    }
}
