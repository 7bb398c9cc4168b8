import { Icon, type IconName } from "../../shared/icons";
import type { Acuity } from "../../shared/protocol";
import { texts } from "../preferences";

const ICONS: Record<Acuity, IconName> = { emergency: "alert", urgent: "clock", routine: "info", self_care: "leaf" };

/** Colour, word and shape together: no nurse has to tell them apart by colour. */
export function AcuityBadge({ acuity }: { acuity: Acuity | null }) {
  if (!acuity) return <span class="acuity">{texts.value.notRated}</span>;
  return (
    <span class={`acuity ${acuity}`}>
      <Icon name={ICONS[acuity] ?? "info"} />
      {texts.value.acuity[acuity] ?? acuity}
    </span>
  );
}
