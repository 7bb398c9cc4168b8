/** What a visitor may try on the demonstration page. `alarm` marks sentences that must bring the emergency card. */

export interface Question {
  text: string;
  alarm?: boolean;
}

export const QUESTIONS: Record<"en" | "zh", Question[]> = {
  en: [
    { text: "How long does a cold usually last, and what helps?" },
    { text: "My child has a fever. When should I see a doctor?" },
    { text: "How much paracetamol can an adult take in a day?" },
    { text: "I would like to talk to a nurse" },
    { text: "I have crushing chest pain and my left arm is numb", alarm: true },
  ],
  zh: [
    { text: "感冒一般多久能好？怎么缓解？" },
    { text: "孩子发烧，什么时候要去医院？" },
    { text: "高血压平时要注意什么？" },
    { text: "我想找护士" },
    { text: "我爸突然说话不清楚，右边手脚没力气", alarm: true },
  ],
};
