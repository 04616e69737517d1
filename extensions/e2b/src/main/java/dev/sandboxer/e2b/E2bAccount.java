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
 * One E2B account and where it is reached. The fields' environment variables are those of E2B's SDKs
 * ({@code packages/js-sdk/src/connectionConfig.ts}); its string form has no secret.
 *
 * @param key {@code e2b_} and hexadecimal digits
 * @param apiUrl of the control plane, without a slash at its end
 * @param sandboxUrl one origin for all sandboxes; null = host names below a domain
 * @param domain of sandboxes when the server names none; null when only the server may know
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
            new CredentialField(KEY, "E2B's API key, e2b_ and hexadecimal digits", true, true, "E2B_API_KEY"),
            new CredentialField(
                    API_URL, "where the control plane is, when it is not api.<domain>", false, false, "E2B_API_URL"),
            new CredentialField(SANDBOX_URL, "one address for all sandboxes", false, false, "E2B_SANDBOX_URL"),
            new CredentialField(DOMAIN, "E2B's domain, when it is not e2b.app", false, false, "E2B_DOMAIN"));

    private static final String USUAL_DOMAIN = "e2b.app";

    /** Under these, one host name serves all sandboxes and headers tell which is meant. */
    private static final Set<String> SHARED_HOST = Set.of(USUAL_DOMAIN, "e2b.dev", "e2b.pro", "e2b-staging.dev");

    private static final Pattern KEY_FORM = Pattern.compile("e2b_[0-9a-fA-F]{1,200}");
    private static final Pattern DOMAIN_FORM = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?(:[0-9]{1,5})?");

    /**
     * @throws ExtensionException {@code CREDENTIAL} when a field is missing, unknown or malformed; never repeats a value
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
            throw malformed(KEY + " has to be e2b_ and hexadecimal digits, with nothing before or after");
        }
        var domain = domain(given(fields.get(DOMAIN)));
        var apiUrl = given(fields.get(API_URL));
        var sandboxUrl = given(fields.get(SANDBOX_URL));
        // who has another control plane has other sandboxes too: their tokens are not for E2B
        var known = domain != null ? domain : apiUrl == null ? USUAL_DOMAIN : null;
        return new E2bAccount(
                key,
                apiUrl == null ? "https://api." + known : url(API_URL, apiUrl),
                sandboxUrl == null ? null : url(SANDBOX_URL, sandboxUrl),
                known);
    }

    /**
     * Where a port of a sandbox is reached: below E2B's own domains its daemon at the host name that all share, its other ports
     * at theirs, which is what servers there expect.
     *
     * @param told the domain that the server named for it
     * @throws ExtensionException {@code CREDENTIAL} when nobody said where sandboxes are
     */
    String sandboxOrigin(String sandbox, @Nullable String told, int port) {
        if (sandboxUrl != null) {
            return sandboxUrl;
        }
        var at = told == null || told.isEmpty() ? domain : told;
        if (at == null) {
            throw malformed("the server names no domain for its sandboxes: set " + SANDBOX_URL + " or " + DOMAIN);
        }
        if (!DOMAIN_FORM.matcher(at).matches()) {
            throw ExtensionException.notApplied(Kind.INTERNAL, "the server named a domain that is none");
        }
        var shared = SHARED_HOST.contains(at) && port == EnvdTarget.PORT;
        return shared ? "https://sandbox." + at : "https://" + port + "-" + sandbox + "." + at;
    }

    /** The same for the same account, and tells nothing of the key. */
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
            throw malformed(DOMAIN + " has to be a host name in lower case, such as e2b.app");
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
            // said below, without the value: somebody may have put a key there
        }
        throw malformed(field + " has to be an address such as https://api.e2b.app, without a query");
    }

    private static ExtensionException malformed(String what) {
        return ExtensionException.notApplied(Kind.CREDENTIAL, "the E2B credential: " + what);
    }

    @Override
    public String toString() {
        return "E2bAccount[" + apiUrl + "]";
    }
}
