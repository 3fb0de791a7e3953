import { texts } from '../texts.ts';
import { ModalDialog } from '../ui/ModalDialog.tsx';

/** Asks before somebody is removed: it can't be taken back for a while. */
export function RemoveDialog(props: {
  readonly name: string;
  readonly onCancel: () => void;
  readonly onConfirm: () => void;
}) {
  return (
    <ModalDialog heading={texts.removeQuestion(props.name)} onClose={props.onCancel}>
      <p>{texts.removeHint}</p>
      <div class="card-actions">
        <button type="button" class="secondary" onClick={props.onCancel}>
          {texts.cancel}
        </button>
        <button type="button" class="danger" onClick={props.onConfirm}>
          {texts.removeConfirm}
        </button>
      </div>
    </ModalDialog>
  );
}
