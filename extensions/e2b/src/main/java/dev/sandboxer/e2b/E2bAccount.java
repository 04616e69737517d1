package dev.sandboxer.e2b;

import dev.sandboxer.e2b.envd.EnvdTarget;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An E2B account's API key and addresses. The environment variables are the ones that E2B's SDKs read
 * ({@code packages/js-sdk/src/connectionConfig.ts}). The string form contains no secret.
 *
 * @param key {@code e2b_} followed by hexadecimal digits
 * @param apiUrl address of the control plane, without a trailing slash
 * @param sandboxUrl one origin for all sandboxes; null = each sandbox has host names below a domain
 * @param domain domain of the sandboxes when the server names none; null = unknown, the server has to name one
 */
record E2bAccount(
        String key,
        String apiUrl,
        @Nullable String sandboxUrl,
        @Nullable String domain) {
    static final String KEY = "api_key";
    static final String API_URL = "api_url";
    static final String SANDBOX_URL = "sandbox_url";
    static final String DOMAIN = "domain";

    static final List<CredentialField> FIELDS = List.of(
            new CredentialField(KEY, "E2B API key: e2b_ followed by hexadecimal digits", true, true, "E2B_API_KEY"),
            new CredentialField(
                    API_URL, "address of the control plane, if it is not api.<domain>", false, false, "E2B_API_URL"),
            new CredentialField(
                    SANDBOX_URL,
                    "one address for all sandboxes, in place of host names",
                    false,
                    false,
                    "E2B_SANDBOX_URL"),
            new CredentialField(DOMAIN, "domain of the E2B service, if it is not e2b.app", false, false, "E2B_DOMAIN"));

    private static final String DEFAULT_DOMAIN = "e2b.app";

    /** Domains where one host name serves all sandboxes; headers name the sandbox. */
    private static final Set<String> SHARED_HOST = Set.of(DEFAULT_DOMAIN, "e2b.dev", "e2b.pro", "e2b-staging.dev");

    private static final Pattern KEY_FORM = Pattern.compile("e2b_[0-9a-fA-F]{1,200}");
    private static final Pattern DOMAIN_FORM = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:[0-9]{1,5})?");

    /**
     * @throws ExtensionException {@code CREDENTIAL} when a field is missing, unknown or malformed; never repeats a
     *     value
     */
    static E2bAccount of(Credential credential) {
        var fields = credential.fields();
        for (String name : fields.keySet()) {
            if (FIELDS.stream().noneMatch(field -> field.name().equals(name))) {
                throw malformed("there is no field \"" + name.replaceAll("\\p{Cntrl}", "?") + "\"");
            }
        }
        var key = fields.get(KEY);
        if (key == null || key.isEmpty()) {
            throw malformed(KEY + " is missing");
        }
        if (!KEY_FORM.matcher(key).matches()) {
            throw malformed(KEY + " must be e2b_ followed by hexadecimal digits, without spaces around it");
        }
        var domain = domain(given(fields.get(DOMAIN)));
        var apiUrl = given(fields.get(API_URL));
        var sandboxUrl = given(fields.get(SANDBOX_URL));
        // another control plane has sandboxes of its own, whose tokens must not be sent to E2B
        var known = domain != null ? domain : apiUrl == null ? DEFAULT_DOMAIN : null;
        return new E2bAccount(
                key,
                apiUrl == null ? "https://api." + known : url(API_URL, apiUrl),
                sandboxUrl == null ? null : url(SANDBOX_URL, sandboxUrl),
                known);
    }

    /**
     * Returns the origin of one port of a sandbox. In E2B's own domains all daemons share one host name. Every other port has a host name
     * of its own, which the servers behind it expect.
     *
     * @param namedDomain the domain that the server named for the sandbox; null or empty = none
     * @throws ExtensionException {@code CREDENTIAL} when neither the server nor the credential names a domain
     */
    String sandboxOrigin(String sandbox, @Nullable String namedDomain, int port) {
        if (sandboxUrl != null) {
            return sandboxUrl;
        }
        var host = namedDomain == null || namedDomain.isEmpty() ? domain : namedDomain;
        if (host == null) {
            throw malformed("the server names no domain for its sandboxes: set " + SANDBOX_URL + " or " + DOMAIN);
        }
        if (!DOMAIN_FORM.matcher(host).matches()) {
            throw ExtensionException.notApplied(Kind.INTERNAL, "the server named a malformed domain for its sandboxes");
        }
        var shared = SHARED_HOST.contains(host) && port == EnvdTarget.PORT;
        return shared ? "https://sandbox." + host : "https://" + port + "-" + sandbox + "." + host;
    }

    /** Returns a hash that identifies the account without revealing the key. */
    String identity() {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256").digest((apiUrl + " " + key).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static @Nullable String given(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    private static @Nullable String domain(@Nullable String value) {
        if (value != null && !DOMAIN_FORM.matcher(value).matches()) {
            throw malformed(DOMAIN + " must be a host name in lower case, such as e2b.app");
        }
        return value;
    }

    private static String url(String field, String value) {
        try {
            var url = new URI(value);
            var scheme = String.valueOf(url.getScheme());
            if (url.getHost() != null
                    && (scheme.equals("http") || scheme.equals("https"))
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null) {
                return value.replaceAll("/+$", "");
            }
        } catch (URISyntaxException e) {
            // reported below without the value, which may be a misplaced key
        }
        throw malformed(field + " must be an address such as https://api.e2b.app, without a query");
    }

    private static ExtensionException malformed(String what) {
        return ExtensionException.notApplied(Kind.CREDENTIAL, "the E2B credential: " + what);
    }

    @Override
    public String toString() {
        return "E2bAccount[" + apiUrl + "]";
    }
}
