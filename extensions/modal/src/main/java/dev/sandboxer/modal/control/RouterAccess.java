package dev.sandboxer.modal.control;

/**
 * What opens a sandbox's router. Its string form hides the token.
 *
 * @param jwt secret
 * @param url of the router
 */
public record RouterAccess(String jwt, String url) {
    @Override
    public String toString() {
        return "RouterAccess[" + url + "]";
    }
}
