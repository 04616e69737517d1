package com.example.httpbox;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.tck.ExtensionFixture;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Connects the test kit to the extension and a running service. */
final class HttpBoxFixture implements ExtensionFixture {
    private final Extension extension = new HttpBoxExtension();
    private final String installation = "tck" + new BigInteger(50, ThreadLocalRandom.current()).toString(36);

    @Override
    public Extension extension() {
        return extension;
    }

    /**
     * Returns a context with a unique installation id, because test classes share the service and each checks that it leaves nothing
     * behind.
     */
    @Override
    public ExtensionContext context() {
        return new ExtensionContext(installation, Path.of("/nonexistent"), InstantSource.system());
    }

    @Override
    public Credential credential() {
        return credential(RunningService.TOKEN);
    }

    @Override
    public Optional<Credential> refusedCredential() {
        return Optional.of(credential("not-the-token"));
    }

    private static Credential credential(String token) {
        return new Credential(Map.of("token", token, "url", RunningService.url()));
    }

    @Override
    public String template() {
        return HttpBoxExtension.TEMPLATE;
    }
}
