package dev.sandboxer.modal.control;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.modal.rpc.Endpoint;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A Modal account's token and address. The environment variables are the ones that Modal's own clients read. The string
 * form contains no secret.
 *
 * @param tokenId id of the token, {@code ak-...} at Modal
 * @param tokenSecret the token's secret, {@code as-...} at Modal
 * @param server the control plane
 * @param environment the workspace's environment; empty = the default one
 */
public record ModalAccount(String tokenId, String tokenSecret, Endpoint server, String environment) {
    static final String TOKEN_ID = "token_id";
    static final String TOKEN_SECRET = "token_secret";
    static final String SERVER_URL = "server_url";
    static final String ENVIRONMENT = "environment";

    public static final List<CredentialField> FIELDS = List.of(
            new CredentialField(TOKEN_ID, "id of a Modal token, ak-...", false, true, "MODAL_TOKEN_ID"),
            new CredentialField(TOKEN_SECRET, "secret of that token, as-...", true, true, "MODAL_TOKEN_SECRET"),
            new CredentialField(
                    SERVER_URL,
                    "address of the control plane, if it is not Modal's own",
                    false,
                    false,
                    "MODAL_SERVER_URL"),
            new CredentialField(
                    ENVIRONMENT,
                    "environment of the workspace, if it is not the default one",
                    false,
                    false,
                    "MODAL_ENVIRONMENT"));

    private static final Endpoint MODAL = new Endpoint("api.modal.com", 443, false);

    /** Visible ASCII characters, which are safe in a header. */
    private static final Pattern TOKEN_FORM = Pattern.compile("[\\x21-\\x7e]{1,500}");

    private static final Pattern ENVIRONMENT_FORM = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /**
     * @throws ExtensionException {@code CREDENTIAL} when a field is missing, unknown or malformed; never repeats a
     *     value
     */
    public static ModalAccount of(Credential credential) {
        var fields = credential.fields();
        for (String name : fields.keySet()) {
            if (FIELDS.stream().noneMatch(field -> field.name().equals(name))) {
                throw malformed("there is no field \"" + name.replaceAll("\\p{Cntrl}", "?") + "\"");
            }
        }
        var id = token(fields, TOKEN_ID, TOKEN_SECRET);
        var secret = token(fields, TOKEN_SECRET, TOKEN_ID);
        var environment = fields.getOrDefault(ENVIRONMENT, "");
        if (!environment.isEmpty() && !ENVIRONMENT_FORM.matcher(environment).matches()) {
            throw malformed(ENVIRONMENT + " must be a name of letters, digits, '.', '_' and '-'");
        }
        return new ModalAccount(id, secret, server(fields.getOrDefault(SERVER_URL, "")), environment);
    }

    private static String token(Map<String, String> fields, String name, String other) {
        var value = fields.getOrDefault(name, "");
        if (value.isEmpty()) {
            var half = !fields.getOrDefault(other, "").isEmpty();
            throw malformed(name + " is missing (" + variable(name) + ")"
                    + (half ? "; " + other + " alone is not enough" : ""));
        }
        if (!TOKEN_FORM.matcher(value).matches()) {
            throw malformed(name + " must be visible ASCII characters, without spaces");
        }
        return value;
    }

    private static String variable(String name) {
        return FIELDS.stream()
                .filter(field -> field.name().equals(name))
                .map(field -> String.valueOf(field.environment()))
                .findFirst()
                .orElseThrow();
    }

    private static Endpoint server(String url) {
        if (url.isEmpty()) {
            return MODAL;
        }
        var endpoint = Endpoint.parse(url)
                .orElseThrow(() ->
                        malformed(SERVER_URL + " must be an address such as https://api.modal.com, without a path"));
        if (endpoint.plaintext() && !endpoint.isLoopback()) {
            throw malformed(SERVER_URL + " must be https, except on this machine, because http would expose the token");
        }
        return endpoint;
    }

    /** Returns a hash that identifies the account without revealing the secret. */
    public String identity() {
        var text = server + " " + environment + " " + tokenId + " " + tokenSecret;
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ExtensionException malformed(String what) {
        return ExtensionException.notApplied(Kind.CREDENTIAL, "the Modal credential: " + what);
    }

    @Override
    public String toString() {
        return "ModalAccount[" + tokenId + " at " + server.host() + "]";
    }
}
