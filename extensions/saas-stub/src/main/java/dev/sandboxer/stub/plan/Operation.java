package dev.sandboxer.stub.plan;

/** A call of the contract, as a plan names it. */
public enum Operation {
    CHECK("check", false),
    CREATE("create", false),
    FIND("find", false),
    DESCRIBE("describe", true),
    LIST("list", false),
    SET_DEADLINE("setDeadline", true),
    DESTROY("destroy", true),
    CONNECT("connect", true),
    VARIABLES("variables", true),
    PAUSE("pause", true),
    RESUME("resume", true),
    METRICS("metrics", true),
    SNAPSHOT("snapshot", true),
    SNAPSHOTS("snapshots", false),
    DELETE_SNAPSHOT("deleteSnapshot", false);

    private final String text;
    private final boolean namesSandbox;

    Operation(String text, boolean namesSandbox) {
        this.text = text;
        this.namesSandbox = namesSandbox;
    }

    /** Returns the name in a plan, which is the method's name. */
    public String text() {
        return text;
    }

    /** Returns true if the call is about one existing sandbox. */
    boolean namesSandbox() {
        return namesSandbox;
    }
}
