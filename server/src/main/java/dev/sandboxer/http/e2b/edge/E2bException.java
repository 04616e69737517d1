package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.observe.Redactor;
import org.jspecify.annotations.Nullable;

/** A failure that is answered in E2B's error form, <code>{"code":404,"message":"...","error_code":"..."}</code>. */
public final class E2bException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;
    private final @Nullable String errorCode;

    public E2bException(int status, String message) {
        this(status, message, null);
    }

    public E2bException(int status, String message, @Nullable String errorCode) {
        super(Redactor.clean(message));
        this.status = status;
        this.errorCode = errorCode;
    }

    public int status() {
        return status;
    }

    public Body body() {
        return new Body(status, String.valueOf(getMessage()), errorCode);
    }

    /** The body of the answer. Clients read {@code code} and not the status, so the two have to agree. */
    public record Body(int code, String message, @Nullable String error_code) {}

    public static E2bException noSandbox(String id) {
        return new E2bException(404, "Sandbox \"" + id + "\" doesn't exist or you don't have access to it");
    }
}
