package dev.sandboxer.config;

/**
 * What an operator says about one extension.
 *
 * @param enabled whether routes may use it
 */
public record ExtensionSettings(boolean enabled) {
    public static final ExtensionSettings DEFAULT = new ExtensionSettings(true);
}
