package dev.sandboxer.templates;

/** The template that comes with sand-boxer. It is built on request. */
public final class Bundled {
    /** The template from which {@code profile.code-interpreter} starts. */
    public static final String KERNEL_GATEWAY = "kernel-gateway";

    /** The name of {@link #KERNEL_GATEWAY} for users. */
    public static final String CODE_INTERPRETER = "code-interpreter";

    private Bundled() {}

    /** Returns the command that builds a template. */
    static String command(String template) {
        return "sandboxer templates "
                + (template.equals(KERNEL_GATEWAY) ? "install " + CODE_INTERPRETER : "build " + template);
    }
}
