package dev.sandboxer.hubs;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.observe.Redactor;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The URLs of the hubs and the secrets that sign messages to them. Read from {@code SANDBOXER_FIN_HUB_URL}, {@code
 * SANDBOXER_FIN_HUB_SECRET} or {@code SANDBOXER_FIN_HUB_SECRET_FILE}, and likewise for {@code STATE_HUB}. Immutable.
 */
public final class HubSettings {
    /** Settings in which no hub has a URL. */
    public static final HubSettings NONE = new HubSettings(Map.of());

    /** Room for many secrets; bounds the memory if the variable names a wrong file. */
    private static final int MAX_FILE_BYTES = 16 * 1024;

    private static final int LAST_PORT = 65_535;

    private final Map<Hub, Endpoint> endpoints;

    private HubSettings(Map<Hub, Endpoint> endpoints) {
        this.endpoints = Map.copyOf(endpoints);
    }

    /** @param signer null = messages are not signed */
    record Endpoint(URI url, @Nullable StandardWebhooks signer) {
        /** Returns the URL without its query, which may contain a token. */
        @Override
        public String toString() {
            return url.getScheme() + "://" + url.getRawAuthority() + url.getRawPath();
        }
    }

    /**
     * Reads the environment and the files that it names, and registers the secrets with the {@link Redactor}.
     *
     * @throws SandboxException {@code INVALID_CONFIG} for an unusable URL or secret; the message does not repeat it
     */
    public static HubSettings read(Map<String, String> environment) {
        var endpoints = new EnumMap<Hub, Endpoint>(Hub.class);
        for (Hub hub : Hub.values()) {
            var signer = signer(hub, environment);
            url(hub, environment).ifPresent(url -> endpoints.put(hub, new Endpoint(url, signer)));
        }
        return new HubSettings(endpoints);
    }

    /** Returns true if at least one hub has a URL. */
    public boolean isAnyConfigured() {
        return !endpoints.isEmpty();
    }

    /** Returns true if the hub has a URL. */
    public boolean isConfigured(Hub hub) {
        return endpoints.containsKey(hub);
    }

    /** Returns the hub's URL for display, without secrets; empty if it has none. */
    public Optional<String> location(Hub hub) {
        return Optional.ofNullable(endpoints.get(hub)).map(Endpoint::toString);
    }

    Map<Hub, Endpoint> endpoints() {
        return endpoints;
    }

    private static Optional<URI> url(Hub hub, Map<String, String> environment) {
        var variable = hub.variable("_URL");
        var text = environment.getOrDefault(variable, "").strip();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        URI url;
        try {
            url = new URI(text);
        } catch (URISyntaxException e) {
            throw invalid(variable, "is malformed"); // without the cause, which contains the URL
        }
        problem(url).ifPresent(problem -> {
            throw invalid(variable, problem);
        });
        registerQuery(url);
        return Optional.of(url);
    }

    private static Optional<String> problem(URI url) {
        var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            return Optional.of("is neither http nor https");
        }
        if (url.getRawUserInfo() != null
                || (url.getRawAuthority() != null && url.getRawAuthority().contains("@"))) {
            return Optional.of("contains a user or password");
        }
        if (url.getHost() == null || url.getPort() == 0 || url.getPort() > LAST_PORT) {
            return Optional.of("has no usable host and port");
        }
        return url.getRawFragment() == null ? Optional.empty() : Optional.of("has a fragment");
    }

    /** Registers the query's values with the redactor, because some receivers expect a token there. */
    private static void registerQuery(URI url) {
        if (url.getRawQuery() == null) {
            return;
        }
        var values = new ArrayList<String>();
        for (String parameter : url.getRawQuery().split("&")) {
            values.add(parameter.substring(parameter.indexOf('=') + 1));
        }
        for (String parameter : url.getQuery().split("&")) {
            values.add(parameter.substring(parameter.indexOf('=') + 1));
        }
        Redactor.know(values);
    }

    private static @Nullable StandardWebhooks signer(Hub hub, Map<String, String> environment) {
        var variable = hub.variable("_SECRET");
        var fileVariable = hub.variable("_SECRET_FILE");
        var secrets = environment.getOrDefault(variable, "").strip();
        var file = environment.getOrDefault(fileVariable, "").strip();
        if (!secrets.isEmpty() && !file.isEmpty()) {
            throw invalid(fileVariable, "is set as well as " + variable + "; unset one of them");
        }
        if (!file.isEmpty()) {
            return signer(fileVariable, read(fileVariable, file));
        }
        return secrets.isEmpty() ? null : signer(variable, secrets);
    }

    private static StandardWebhooks signer(String variable, String secrets) {
        var known = new ArrayList<>(StandardWebhooks.split(secrets));
        for (String secret : List.copyOf(known)) {
            known.add(secret.substring(secret.indexOf('_') + 1));
        }
        Redactor.know(known);
        try {
            return StandardWebhooks.of(secrets);
        } catch (SandboxException e) {
            throw new SandboxException(e.code(), variable + ": " + e.getMessage());
        }
    }

    private static String read(String variable, String file) {
        try (var content = Files.newInputStream(Path.of(file))) {
            return new String(content.readNBytes(MAX_FILE_BYTES), StandardCharsets.UTF_8);
        } catch (IOException | InvalidPathException e) {
            throw invalid(
                    variable, "names a file that can't be read (" + e.getClass().getSimpleName() + ")");
        }
    }

    private static SandboxException invalid(String variable, String problem) {
        return new SandboxException(
                ErrorCode.INVALID_CONFIG,
                variable + " " + problem + "; see docs/payments.md, or unset it to deliver nothing");
    }
}
