package com.example.httpbox;

import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.CredentialField;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.net.URI;
import java.util.regex.Pattern;

/** The service's address and token. Error messages never contain a field's value, which may be the token in the wrong field. */
record Account(URI url, String token) {
    static final CredentialField TOKEN =
            new CredentialField("token", "the service's HTTP_BOX_TOKEN", true, true, "HTTP_BOX_TOKEN");
    static final CredentialField URL = new CredentialField(
            "url", "the service's address; default http://127.0.0.1:7171", false, false, "HTTP_BOX_URL");

    private static final String LOCAL = "http://127.0.0.1:7171";
    private static final Pattern TOKEN_FORM = Pattern.compile("[!-~]{1,200}");
    private static final Pattern URL_FORM = Pattern.compile("https?://[A-Za-z0-9.:\\[\\]-]+");

    static Account of(Credential credential) {
        var token = credential.fields().getOrDefault(TOKEN.name(), "");
        var url = credential.fields().getOrDefault(URL.name(), LOCAL);
        if (!TOKEN_FORM.matcher(token).matches()) {
            throw malformed("the field token must be 1 to 200 visible ASCII characters");
        }
        if (!URL_FORM.matcher(url).matches()) {
            throw malformed("the field url must be an address such as " + LOCAL);
        }
        try {
            return new Account(URI.create(url), token);
        } catch (IllegalArgumentException e) {
            throw malformed("the field url must be an address such as " + LOCAL);
        }
    }

    private static ExtensionException malformed(String what) {
        return ExtensionException.notApplied(Kind.CREDENTIAL, what);
    }

    @Override
    public String toString() {
        return "Account[" + url + "]";
    }
}
