package dev.sandboxer.e2b.control;

import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSnapshot;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.spec.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Snapshots of an account that this installation made. Thread-safe. */
public final class E2bSnapshots {
    /** Before a snapshot's id in what stands for a template: E2B keeps memory too, which a new sandbox has to be rid of. */
    private static final String TEMPLATE = "snapshot:";

    private final ExtensionContext context;
    private final ControlClient control;

    public E2bSnapshots(ExtensionContext context, ControlClient control) {
        this.context = context;
        this.control = control;
    }

    /** A snapshot of ours and its id there. */
    private record Kept(String id, SnapshotName name) {
        BackendSnapshot toSnapshot() {
            return new BackendSnapshot(name.name(), TEMPLATE + id, name.diskMiB(), name.createdAt());
        }
    }

    /** The template's name at E2B. */
    static String templateId(Source source) {
        return switch (source) {
            case Source.Template(var name) when isSnapshot(source) -> name.substring(TEMPLATE.length());
            case Source.Template(var name) -> name;
            case Source.Image image ->
                throw ExtensionException.notApplied(
                        Kind.UNSUPPORTED, "E2B can't start from an image: " + image.reference());
        };
    }

    public static boolean isSnapshot(Source source) {
        return source instanceof Source.Template(var name) && name.startsWith(TEMPLATE);
    }

    public BackendSnapshot snapshot(BackendRef sandbox, String name) {
        if (!SnapshotName.canBe(name)) {
            throw ExtensionException.notApplied(Kind.INVALID, "a snapshot's name has lower-case letters and digits");
        }
        if (find(name).isPresent()) {
            throw ExtensionException.notApplied(Kind.INVALID, "there is a snapshot \"" + name + "\" already");
        }
        var disk = control.get(sandbox).size().diskMiB();
        var kept = new SnapshotName(
                context.installation(), name, disk, context.clock().instant());
        return new Kept(control.snapshot(sandbox, kept.toString()), kept).toSnapshot();
    }

    public List<BackendSnapshot> snapshots() {
        return kept().stream().map(Kept::toSnapshot).toList();
    }

    public void deleteSnapshot(String name) {
        find(name).ifPresent(it -> control.deleteTemplate(it.id()));
    }

    private Optional<Kept> find(String name) {
        return kept().stream().filter(it -> it.name().name().equals(name)).findFirst();
    }

    private List<Kept> kept() {
        var found = new ArrayList<Kept>();
        for (var one : control.snapshots()) {
            var id = one.path("snapshotID").asString("");
            SnapshotName.of(one)
                    .filter(it -> it.installation().equals(context.installation()) && !id.isEmpty())
                    .ifPresent(it -> found.add(new Kept(id, it)));
        }
        return found;
    }
}
