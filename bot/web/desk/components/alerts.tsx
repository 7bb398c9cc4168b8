import { Icon } from "../../shared/icons";
import * as desk from "../desk";
import { texts } from "../preferences";

const SHOWN = 2;

export function Alerts() {
  const t = texts.value;
  return (
    <div class="alerts" role="alert">
      {mostUrgent(desk.alerts.value).map((alert) => (
        <div class={`alert ${alert.acuity}`} key={alert.conversation}>
          <Icon name="alert" />
          <strong>{t.alert(t.acuity[alert.acuity] ?? alert.acuity, alert.why)}</strong>
          <span class="alert-last">{lastWords(alert.conversation)}</span>
          <button type="button" class="button small outline" onClick={() => desk.open(alert.conversation)}>
            {t.openAlert}
          </button>
          <button
            type="button"
            class="icon-button"
            aria-label={t.dismiss}
            onClick={() => desk.dismiss(alert.conversation)}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
    </div>
  );
}

/** An emergency is not pushed out by what came later. */
function mostUrgent(alerts: readonly desk.Alert[]): desk.Alert[] {
  const emergencies = alerts.filter((alert) => alert.acuity === "emergency");
  const others = alerts.filter((alert) => alert.acuity !== "emergency");
  return [...others, ...emergencies].slice(-SHOWN).reverse();
}

function lastWords(conversation: string): string {
  return desk.items.value.find((item) => item.conversation === conversation)?.last ?? "";
}
