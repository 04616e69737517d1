package dev.sandboxer.leaky;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.HostReport;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * A careless extension: it logs its key, and every call fails with a message that contains the key. The file {@code way} chooses the
 * kind of failure. Only the control plane keeps the key from being shown.
 */
public final class LeakyExtension implements Extension {
    @Override
    public ExtensionId id() {
        return new ExtensionId("ext.leaky");
    }

    @Override
    public String description() {
        return "tells its key";
    }

    @Override
    public boolean metered() {
        return true;
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.noneOf(Capability.class);
    }

    @Override
    public List<CredentialField> credentialFields() {
        return List.of(new CredentialField("token", "the key", true, true));
    }

    @Override
    public Set<String> templates() {
        return Set.of("base");
    }

    @Override
    public HostReport checkHost(ExtensionContext context) {
        return new HostReport(List.of());
    }

    @Override
    public Backend open(ExtensionContext context, Credential credential) {
        var token = credential.fields().get("token");
        if (token == null || !token.startsWith("leaky-")) {
            throw ExtensionException.notApplied(Kind.CREDENTIAL, "the token " + token + " is malformed");
        }
        return (Backend)
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Backend.class}, (_, method, _) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    throw failure(method.getName(), token, way(context));
                });
    }

    private static String way(ExtensionContext context) throws IOException {
        return Files.readString(context.directory().resolve("way"));
    }

    private static RuntimeException failure(String doing, String token, String way) {
        var text = String.join(
                " ",
                doing + " with " + token,
                "?token=" + URLEncoder.encode(token, UTF_8),
                "Basic " + Base64.getEncoder().encodeToString(("user:" + token).getBytes(UTF_8)),
                Base64.getUrlEncoder().encodeToString(token.getBytes(UTF_8)));
        var cause = new IllegalStateException("because of " + text);
        LoggerFactory.getLogger(LeakyExtension.class).warn("failing: {}", text, cause);
        return way.equals("BUG")
                ? new IllegalArgumentException(text, cause)
                : new ExtensionException(Kind.valueOf(way), effect(way), null, text, cause);
    }

    private static Effect effect(String way) {
        return way.equals("INTERNAL") || way.equals("TRANSIENT") ? Effect.UNKNOWN : Effect.NOT_APPLIED;
    }
}
