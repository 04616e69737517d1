package dev.sandboxer.e2b.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.BackendSnapshot;
import dev.sandboxer.extension.spec.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The snapshots that this installation made in an account. Thread-safe. */
public final class E2bSnapshots {
    /** Marks a template that is a snapshot: E2B's snapshots keep processes, which a new sandbox has to kill. */
    private static final String TEMPLATE_PREFIX = "snapshot:";

    private final ExtensionContext context;
    private final ControlClient control;

    public E2bSnapshots(ExtensionContext context, ControlClient control) {
        this.context = context;
        this.control = control;
    }

    /** A snapshot of this installation and its id at E2B. */
    private record OwnSnapshot(String id, SnapshotName name) {
        BackendSnapshot toSnapshot() {
            return new BackendSnapshot(name.name(), TEMPLATE_PREFIX + id, name.diskMiB(), name.createdAt());
        }
    }

    /** Returns the template's id at E2B. */
    static String templateId(Source source) {
        return switch (source) {
            case Source.Template(var name) when isSnapshot(source) -> name.substring(TEMPLATE_PREFIX.length());
            case Source.Template(var name) -> name;
            case Source.Image image ->
                throw ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "E2B can't start from an image: " + image.reference());
        };
    }

    public static boolean isSnapshot(Source source) {
        return source instanceof Source.Template(var name) && name.startsWith(TEMPLATE_PREFIX);
    }

    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        if (!SnapshotName.isValid(name)) {
            throw ExtensionException.notApplied(
                    Kind.INVALID, "a snapshot's name must be 1 to 40 lower-case letters and digits");
        }
        if (find(name).isPresent()) {
            throw ExtensionException.notApplied(
                    Kind.INVALID, "a snapshot named \"" + name + "\" already exists; choose another name");
        }
        var disk = control.get(sandbox).size().diskMiB();
        var fullName = new SnapshotName(
                context.installation(), name, disk, context.clock().instant());
        return new OwnSnapshot(control.snapshot(sandbox, fullName.toString()), fullName).toSnapshot();
    }

    public List<BackendSnapshot> snapshots() {
        return ownSnapshots().stream().map(OwnSnapshot::toSnapshot).toList();
    }

    public void deleteSnapshot(String name) {
        find(name).ifPresent(it -> control.deleteTemplate(it.id()));
    }

    private Optional<OwnSnapshot> find(String name) {
        return ownSnapshots().stream()
                .filter(it -> it.name().name().equals(name))
                .findFirst();
    }

    private List<OwnSnapshot> ownSnapshots() {
        var found = new ArrayList<OwnSnapshot>();
        for (var one : control.snapshots()) {
            var id = one.path("snapshotID").asString("");
            SnapshotName.of(one)
                    .filter(it -> it.installation().equals(context.installation()) && !id.isEmpty())
                    .ifPresent(it -> found.add(new OwnSnapshot(id, it)));
        }
        return found;
    }
}
