package dev.sandboxer.modal.control;

/**
 * Address and token of a sandbox's router. The string form hides the token.
 *
 * @param jwt the token, a secret
 * @param url address of the router
 */
public record RouterAccess(String jwt, String url) {
    @Override
    public String toString() {
        return "RouterAccess[" + url + "]";
    }
}
